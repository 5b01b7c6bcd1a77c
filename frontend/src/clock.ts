// Says a moment in the time of this device, beside the UTC that the page gives.

export function start(element: HTMLElement): void {
  const at = new Date(element.dataset.at ?? "");
  if (Number.isNaN(at.getTime())) return;
  // Digits are 0 to 9 in every language of the interface.
  const format = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-nu-latn`, { dateStyle: "long", timeStyle: "long" });
  element.querySelector("bdi")!.textContent = format.format(at);
  element.hidden = false;
}
