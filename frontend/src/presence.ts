// Says which colleagues have this section open. A hint that fades: asked every 30 seconds while the page is looked at, never
// a lock, and silent to screen readers. Without this script nothing is said.

const pause = 30_000; // milliseconds

export function start(element: HTMLElement): void {
  const { to, section } = element.dataset;
  const ask = async () => {
    if (document.visibilityState === "hidden") return;
    try {
      const response = await fetch(to!, { method: "POST", body: new URLSearchParams({ section: section! }), headers: { Accept: "application/json", "Migov-Background": "1" }, redirect: "error" });
      element.textContent = response.ok ? ((await response.json()) as { sentence: string }).sentence : "";
    } catch {
      element.textContent = ""; // nobody knows who is there
    }
  };
  void ask();
  setInterval(() => void ask(), pause);
}
