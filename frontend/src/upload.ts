// Says before a file is sent that it is too large or of a type that is not taken, shows how far it is on its way, and
// leaves the page as it is when something was refused: what was typed stays, and the file stays chosen. Without this
// script the form sends itself, and the server says the same.

interface Problem {
  to?: string;
  detail?: string;
  errors?: { location: string; message: string }[];
}

export function start(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const file = form.querySelector<HTMLInputElement>("[type=file]");
  if (!file) return;
  const status = form.querySelector<HTMLElement>("[role=status]")!;
  file.addEventListener("change", () => say(file, fault(form, file)));
  form.addEventListener("submit", (event) => {
    const wrong = fault(form, file);
    if (!wrong && !file.files?.length) return; // a link or a description is sent by the browser itself
    event.preventDefault();
    say(file, wrong);
    if (wrong) file.focus();
    else send(form, status);
  });
}

// fault says what is wrong with the chosen file; "" when nothing is.
function fault(form: HTMLFormElement, file: HTMLInputElement): string {
  const chosen = file.files?.[0];
  if (!chosen) return "";
  const name = chosen.name.toLowerCase();
  if (!form.dataset.types!.split(",").some((end) => name.endsWith(end))) return form.dataset.type!;
  return chosen.size > Number(form.dataset.max) ? form.dataset.large! : "";
}

// say puts a message beside an input, or takes it away.
function say(input: HTMLInputElement, text: string): void {
  const field = input.closest<HTMLElement>(".field")!;
  const id = input.id + "-msg";
  let message = document.getElementById(id);
  field.classList.toggle("err", !!text);
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((x) => x && x !== id);
  if (!text) {
    message?.remove();
    input.removeAttribute("aria-invalid");
  } else {
    if (!message) {
      message = document.createElement("p");
      message.id = id;
      message.className = "msg";
      input.before(message);
    }
    message.textContent = text;
    input.setAttribute("aria-invalid", "true");
    described.push(id);
  }
  input.setAttribute("aria-describedby", described.join(" "));
}

function send(form: HTMLFormElement, status: HTMLElement): void {
  const button = form.querySelector<HTMLButtonElement>("button")!;
  const request = new XMLHttpRequest(); // fetch does not tell how much was sent
  const done = (text: string): void => {
    button.disabled = false;
    status.textContent = text;
  };
  let told = -1;
  request.upload.addEventListener("progress", (event) => {
    const percent = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
    if (percent < told + 10 && percent < 100) return; // not every step is worth being read out
    told = percent;
    status.textContent = form.dataset.sending!.replace("{percent}", String(percent));
  });
  request.addEventListener("error", () => done(form.dataset.failed!));
  request.addEventListener("load", () => {
    let reply: Problem = {};
    try {
      reply = JSON.parse(request.responseText) as Problem;
    } catch {
      // not an answer of ours
    }
    if (request.status === 200 && reply.to) return location.assign(reply.to);
    if (request.status === 401) return form.submit(); // the page that asks to sign in keeps the texts
    done(reply.errors?.length ? "" : (reply.detail ?? form.dataset.failed!));
    const act = form.querySelector<HTMLInputElement>("[name=act]")!.value;
    let first: HTMLInputElement | undefined;
    for (const input of form.querySelectorAll<HTMLInputElement>(".field .in")) {
      const name = input.id.slice(act.length + 1);
      const wrong = reply.errors?.find((e) => e.location === name || e.location.endsWith("." + name));
      say(input, wrong?.message ?? "");
      if (wrong) first ??= input;
    }
    first?.focus();
  });
  button.disabled = true;
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
}
