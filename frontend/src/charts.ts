// Interactive charts, where a person explores. The server's SVG stands in the page and stays when anything fails.
//
//   <div data-module="charts" data-width="700" data-height="396">
//     <div data-chart>…the SVG of the server…</div>
//     <button type="button" class="btn" hidden>Explore</button>
//     <script type="application/json">…the option…</script>
//   </div>
//
// With the button, ECharts is loaded when it is pressed; without one, when the chart comes into view.

export function start(element: HTMLElement): void {
  const box = element.querySelector<HTMLElement>("[data-chart]");
  const source = element.querySelector<HTMLScriptElement>('script[type="application/json"]');
  const width = Number(element.dataset.width), height = Number(element.dataset.height);
  if (!box || !source?.textContent || !(width > 0) || !(height > 0)) return;
  const option = JSON.parse(source.textContent);

  let begun = false;
  const draw = async (): Promise<void> => {
    if (begun) return;
    begun = true;
    const before = Array.from(box.childNodes);
    try {
      const engine = await import("./engine/browser");
      const label = box.querySelector("svg")?.getAttribute("aria-label");
      box.classList.add("chart-live");
      engine.draw(box, option, width, height);
      box.setAttribute("role", "img");
      if (label) box.setAttribute("aria-label", label);
    } catch {
      box.classList.remove("chart-live");
      box.replaceChildren(...before);
      begun = false;
    }
  };

  const button = element.querySelector<HTMLButtonElement>("button");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.hidden = true;
      void draw();
    });
    return;
  }
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      watcher.disconnect();
      void draw();
    }
  });
  watcher.observe(element);
}
