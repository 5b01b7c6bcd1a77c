// The one script of every page. A module is loaded only where an element asks for it by data-module="name";
// without script, or when a module cannot be loaded, the page works as plain HTML.

import { watch } from "./idle";

interface Module {
  start(element: HTMLElement): void;
}

const modules: Record<string, () => Promise<Module>> = {
  charts: () => import("./charts"),
  clock: () => import("./clock"),
  picture: () => import("./picture"),
  presence: () => import("./presence"),
  review: () => import("./review"),
  section: () => import("./section"),
  upload: () => import("./upload"),
};

for (const element of document.querySelectorAll<HTMLElement>("[data-module]")) {
  const name = element.dataset.module ?? "";
  const load = modules[name];
  load?.()
    .then((module) => module.start(element))
    .catch(() => {
      // The plain page stays. Where it promises to save while people type, it now says that the button does.
      const state = document.querySelector<HTMLElement>("#save[data-plain] .state");
      if (!state || name !== "section") return;
      state.className = "state wait";
      state.textContent = state.closest<HTMLElement>("#save")!.dataset.plain!;
    });
}

const idle = document.querySelector<HTMLDialogElement>("#idle");
if (idle) watch(idle);

// What a tab that is gone could not send is delivered by whatever page is opened next on this computer.
async function left(): Promise<void> {
  if (!navigator.onLine || !("indexedDB" in self)) return;
  const known = await indexedDB.databases?.();
  if (known?.some((d) => d.name === "migov-outbox")) await (await import("./outbox")).deliver();
}
void left().catch(() => undefined);
addEventListener("online", () => void left().catch(() => undefined));
