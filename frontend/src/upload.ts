// Sends the file of a form in chunks: it says before that a file is too large or of a type that is not taken, makes pictures
// smaller where that is asked for, tells how far it has come, can be paused, tries again when the line breaks, and goes on where
// it stopped when the same file is chosen again after the page was closed. What was refused leaves the page as it is. Without
// this script the form sends itself, and the server says the same.

interface Reply {
  id?: string;
  offset?: number;
  chunk?: number;
  to?: string;
  detail?: string;
  errors?: { location: string; message: string }[];
}

interface Answer {
  status: number;
  reply: Reply;
}

const longest = 60; // seconds between two tries
const patience = 120; // seconds for one chunk
const side = 2000; // pixels of a picture that was made smaller

// Stopped is thrown through everything when somebody pauses or chooses another file.
class Stopped extends Error {}

export function start(element: HTMLElement): void {
  new Sender(element).listen();
}

class Sender {
  private readonly form: HTMLFormElement;
  private readonly input: HTMLInputElement;
  private readonly smaller: HTMLInputElement;
  private readonly words: DOMStringMap;
  private stop = new AbortController();
  private sending = false;
  private percent = 0;
  private told = 0;
  private submitter: HTMLButtonElement | null = null;

  constructor(private readonly field: HTMLElement) {
    this.form = field.closest("form")!;
    this.input = field.querySelector<HTMLInputElement>("[type=file]")!;
    this.smaller = field.querySelector<HTMLInputElement>("[data-smaller] input")!;
    this.words = field.dataset;
  }

  listen(): void {
    this.smaller.closest<HTMLElement>("label")!.hidden = !("createImageBitmap" in self);
    const look = (): void => say(this.input, this.fault(this.file()));
    this.smaller.addEventListener("change", look);
    this.input.addEventListener("change", () => {
      this.stop.abort();
      this.percent = 0;
      this.show("");
      this.steer(false);
      look();
    });
    this.form.addEventListener("submit", (event) => {
      const file = this.file();
      if (!file) return; // a link or a description is sent by the browser itself
      event.preventDefault();
      this.submitter = event.submitter as HTMLButtonElement | null;
      const wrong = this.fault(file);
      say(this.input, wrong);
      if (wrong) this.input.focus();
      else void this.run();
    });
    this.button("pause").addEventListener("click", () => {
      this.stop.abort();
      this.steer(true, true);
      this.button("resume").focus();
    });
    this.button("resume").addEventListener("click", () => {
      void this.run();
      this.button("pause").focus();
    });
  }

  private file(): File | undefined {
    return this.input.files?.[0];
  }

  // shrinks tells whether a file is a picture that is to be made smaller.
  private shrinks(file: File): boolean {
    return this.smaller.checked && /^image\/(jpeg|png)$/.test(file.type);
  }

  // fault says what is wrong with a file; "" when nothing is.
  private fault(file: File | undefined): string {
    if (!file) return "";
    const name = file.name.toLowerCase();
    if (!this.words.types!.split(",").some((end) => name.endsWith(end))) return this.words.type!;
    return file.size > Number(this.words.max) && !this.shrinks(file) ? this.words.large! : "";
  }

  private button(name: string): HTMLButtonElement {
    return this.field.querySelector<HTMLButtonElement>(`[data-${name}]`)!;
  }

  // steer shows the buttons that pause and go on.
  private steer(shown: boolean, paused = false): void {
    this.field.querySelector<HTMLElement>("[data-steer]")!.hidden = !shown;
    this.button("pause").hidden = paused;
    this.button("resume").hidden = !paused;
  }

  // show says how it stands; the name is kept apart from the direction of the sentence.
  private show(text: string, seconds = 0): void {
    const name = `\u2068${this.file()?.name ?? ""}\u2069`;
    const words: Record<string, string> = { name, percent: String(this.percent), seconds: String(seconds) };
    this.field.querySelector("[role=status]")!.textContent = text.replace(/{(\w+)}/g, (_, word: string) => words[word] ?? "");
  }

  private async run(): Promise<void> {
    if (this.sending) return;
    const stop = (this.stop = new AbortController());
    const file = this.file()!;
    this.sending = true;
    for (const b of this.form.querySelectorAll<HTMLButtonElement>("button:not([type=button])")) b.disabled = true;
    try {
      await this.send(file, stop.signal);
    } catch (error) {
      if (!(error instanceof Stopped)) this.failed(this.words.failed!);
      else if (this.file() === file) this.show(this.words.paused!);
    } finally {
      this.sending = false;
      for (const b of this.form.querySelectorAll<HTMLButtonElement>("button:not([type=button])")) b.disabled = false;
    }
  }

  private async send(chosen: File, stop: AbortSignal): Promise<void> {
    const file = await this.prepared(chosen);
    if (!file) return;
    if (stop.aborted) throw new Stopped();
    this.steer(true);
    const begin = JSON.stringify({ name: file.name, size: file.size, key: await keyOf(file) });
    for (let tries = 1; ; tries++) {
      let { status, reply } = await this.ask("POST", this.words.api!, begin, stop, "application/json");
      const id = reply.id;
      const chunk = reply.chunk ?? 0;
      if (status === 200) this.moved(reply.offset!, file.size, reply.offset ? this.words.on! : this.words.sending!);
      while (status === 200 && reply.offset! < file.size) {
        const at = reply.offset!;
        ({ status, reply } = await this.ask("PUT", `${this.words.api}/${id}?offset=${at}`, file.slice(at, at + chunk), stop, "application/octet-stream"));
        if (status === 409 && reply.offset !== undefined) status = 200; // it has arrived before, or another tab has sent it
        if (status === 200) this.moved(reply.offset!, file.size, this.words.sending!);
      }
      if (status === 200) {
        this.steer(false);
        this.show(this.words.checked!);
        ({ status, reply } = await this.ask("POST", this.form.action, this.filled(id!), stop));
      }
      // One that is gone, because a day has passed or another tab has used it up, is begun anew.
      if (!id || tries > 3 || (status !== 404 && status !== 409)) return this.ended({ status, reply });
      await pause(1, stop);
    }
  }

  // prepared is the file as it is sent; nothing when it cannot be.
  private async prepared(file: File): Promise<File | undefined> {
    if (!this.shrinks(file)) return file;
    this.show(this.words.doing!);
    let wrong = this.words.small!;
    try {
      const small = await shrunk(file);
      if (small.size <= Number(this.words.max)) return small;
      wrong = this.words.large!;
    } catch {
      // the browser does not know such pictures
    }
    this.failed("");
    say(this.input, wrong);
    this.input.focus();
    return undefined;
  }

  // filled is the form with the upload in the place of the file, as it stands now.
  private filled(id: string): FormData {
    const data = new FormData(this.form);
    data.delete("file");
    data.set("upload", id);
    if (this.submitter?.name) data.set(this.submitter.name, this.submitter.value);
    return data;
  }

  // moved says how far it has come. Not every step is worth being read out.
  private moved(offset: number, size: number, words: string): void {
    this.percent = Math.floor((100 * offset) / size);
    if (words === this.words.sending && this.percent < this.told + 10 && this.percent >= this.told && this.percent > 0) return;
    this.told = this.percent;
    this.show(words);
  }

  // ask sends a request until it is answered: a line that breaks, and a server that is about to come back, are waited for.
  private async ask(method: string, url: string, body: BodyInit, stop: AbortSignal, type?: string): Promise<Answer> {
    for (let wait = 1; ; wait = Math.min(2 * wait, longest)) {
      const limit = new AbortController();
      const cut = (): void => limit.abort();
      const timer = setTimeout(cut, patience * 1000);
      stop.addEventListener("abort", cut);
      let seconds = wait;
      try {
        if (stop.aborted) throw new Stopped();
        const headers: Record<string, string> = { Accept: "application/json" };
        if (type) headers["Content-Type"] = type;
        const response = await fetch(url, { method, body, headers, signal: limit.signal });
        if (![408, 502, 503, 504, 507].includes(response.status)) {
          const reply = (await response.json().catch(() => ({}))) as Reply;
          return { status: response.status, reply };
        }
        seconds = Math.max(wait, Number(response.headers.get("Retry-After")) || 0);
      } catch {
        if (stop.aborted) throw new Stopped();
      } finally {
        clearTimeout(timer);
        stop.removeEventListener("abort", cut);
      }
      this.show(this.words.waits!, seconds);
      this.told = -100; // what is said next is news again
      await pause(seconds, stop);
    }
  }

  private failed(text: string): void {
    this.steer(false);
    this.show(text);
  }

  // ended goes on to where the server leads, or says what it refused.
  private ended({ status, reply }: Answer): void {
    if (status === 200 && reply.to) return location.assign(reply.to);
    if (status === 401) {
      this.input.disabled = true; // the page that asks to sign in keeps the texts; what has arrived is kept by the server
      return this.form.submit();
    }
    this.failed(reply.errors?.length ? "" : (reply.detail ?? this.words.failed!));
    const prefix = this.input.id.replace(/file$/, "");
    let first: HTMLInputElement | undefined;
    for (const input of this.form.querySelectorAll<HTMLInputElement>(".field .in")) {
      const wrong = reply.errors?.find((e) => [prefix + e.location, e.location].includes(input.id));
      say(input, wrong?.message ?? "");
      if (wrong) first ??= input;
    }
    if (!first && reply.errors?.length) this.show(reply.errors[0].message);
    first?.focus();
  }
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

// pause waits, but not when the line is back before.
function pause(seconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      removeEventListener("online", end);
      stop.removeEventListener("abort", end);
      if (stop.aborted) reject(new Stopped());
      else resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
    stop.addEventListener("abort", end);
  });
}

// keyOf tells a file from others: by its content, or where the page has no such means (over plain HTTP) by what the file says of itself.
async function keyOf(file: File): Promise<string> {
  if (!self.crypto?.subtle) return `${file.size} ${file.lastModified} ${file.name}`.slice(0, 60);
  const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");
}

// shrunk draws a picture anew, at most so large, upright, and without what the camera has noted in it.
async function shrunk(file: File): Promise<File> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, file.type, 0.85));
  if (!blob || blob.type !== file.type) throw new Error("no picture");
  return new File([blob], file.name, { type: file.type, lastModified: file.lastModified });
}
