// Warns two minutes before the sign-in session ends for want of any request, and says so when it has. What was typed stays in the page.
// Tabs of one browser share the session: each tells the others when its person is there.

const warning = 120; // seconds before the end, of which the shortest sessions take half

export function watch(dialog: HTMLDialogElement): void {
  if (!("BroadcastChannel" in window) || !dialog.showModal) return; // the server ends the session all the same
  const seconds = Number(dialog.dataset.seconds);
  const before = Math.min(warning, seconds / 2);
  const tabs = new BroadcastChannel("migov-session");
  const title = dialog.querySelector("h2")!;
  const more = dialog.querySelector("p")!;
  const button = dialog.querySelector("button")!;
  const again = dialog.querySelector("a")!;
  const words = [title.textContent, more.textContent, button.textContent];
  let last = Date.now();
  let over = false;

  const active = (tell: boolean) => {
    last = Date.now();
    if (tell) tabs.postMessage("active");
    if (dialog.open) dialog.close();
    if (!over) return;
    over = false;
    [title.textContent, more.textContent, button.textContent] = words;
    again.hidden = true;
  };

  // stay asks the server, whose answer alone says that the session goes on.
  const stay = async () => {
    if (over) return dialog.close();
    try {
      const reply = await fetch("/account/sessions/stay", { method: "POST", redirect: "error" });
      if (reply.status === 204) return active(true);
      if (reply.status === 401) return end(false);
    } catch {
      // The line: the dialog stays, and so does the time that is left.
    }
  };

  const end = (leave: boolean) => {
    over = true;
    title.textContent = title.dataset.over!;
    more.textContent = more.dataset.over!;
    button.textContent = button.dataset.close!;
    again.hidden = false;
    again.href = "/sign-in?to=" + encodeURIComponent(location.pathname);
    if (!dialog.open) dialog.showModal();
    if (leave) void fetch("/sign-out", { method: "POST", redirect: "manual", keepalive: true }).catch(() => undefined);
  };

  const look = () => {
    if (over) return;
    const idle = (Date.now() - last) / 1000;
    if (idle >= seconds) end(true);
    else if (idle >= seconds - before && !dialog.open) dialog.showModal();
  };

  tabs.addEventListener("message", () => active(false));
  tabs.postMessage("active"); // opening a page is a request
  document.addEventListener("migov:saved", () => active(true));
  button.addEventListener("click", () => void stay());
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    void stay();
  });
  document.addEventListener("visibilitychange", look); // timers sleep with the computer
  setInterval(look, Math.min(5000, (seconds * 1000) / 20));
}
