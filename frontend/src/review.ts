// Keys for the page on which an answer is reviewed. Each presses a button or follows a link that is on the page; none works
// while somebody types, and all can be switched off in this browser. Without this script nothing is missing but the keys.

const remembered = "migov-review-keys";

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function read(): boolean {
  try {
    return localStorage.getItem(remembered) !== "off";
  } catch {
    return true; // a browser that keeps nothing
  }
}

export function start(element: HTMLElement): void {
  const keys = element.querySelector<HTMLDetailsElement>("#keys");
  const box = element.querySelector<HTMLInputElement>("#keys-on");
  if (!keys || !box) return;
  keys.hidden = false;
  const show = (on: boolean) => element.querySelectorAll<HTMLElement>("[data-key] kbd").forEach((hint) => (hint.hidden = !on));
  box.checked = read();
  show(box.checked);
  box.addEventListener("change", () => {
    show(box.checked);
    try {
      localStorage.setItem(remembered, box.checked ? "on" : "off");
    } catch {
      // it holds for this page alone
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const target = key === "o" ? element.querySelector<HTMLElement>("[data-open] a") : [...element.querySelectorAll<HTMLElement>("[data-key]")].find((x) => x.dataset.key === key);
    if (!target) return;
    event.preventDefault();
    if (key === "p") {
      target.closest("details")!.open = true;
      element.querySelector<HTMLElement>("#proposed")!.focus();
      return;
    }
    target.click();
    target.focus();
  });
}
