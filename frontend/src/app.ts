// The one script of every page. A module is loaded only where an element asks for it by data-module="name";
// without script, or when a module cannot be loaded, the page works as plain HTML.

interface Module {
  start(element: HTMLElement): void;
}

const modules: Record<string, () => Promise<Module>> = {
  charts: () => import("./charts"),
  section: () => import("./section"),
};

for (const element of document.querySelectorAll<HTMLElement>("[data-module]")) {
  const load = modules[element.dataset.module ?? ""];
  load?.()
    .then((module) => module.start(element))
    .catch(() => undefined); // the plain page stays
}
