// Saves the answers of a section while people work (the save contract: each change is a mutation with an id of its own,
// sent again under the same id until a reply repeats it; "saved" is said after such a reply only).
//
// What is not saved yet lives in this tab, and sealed on this computer (outbox.ts): a shared computer keeps no readable text.
// Without this script the form of the page does the same work with its buttons.

import { Outbox } from "./outbox";

type Field = "value" | "explanation" | "evidence" | "confidence";
type Body = Record<string, string>;

interface Flight {
  key: string;
  base: number;
  fields: Field[];
  body: string;
  taken: Record<string, string>; // what each field said when it was sent
  since: number;
  sealed?: boolean;
}

interface Reply {
  saved?: boolean;
  kept?: boolean;
  mutation?: string;
  version?: number;
  at?: string;
  conflict?: string[];
  detail?: string;
  errors?: { location: string; message: string }[];
  personal?: Record<string, string>;
}

const nonAnswers = ["not_ours", "not_applicable", "dont_know", "declined", "skipped"];
const fields: Field[] = ["value", "explanation", "evidence", "confidence"];
const pause = 1000; // milliseconds after the last key; the promise is at most 1.5 s
const longest = 60_000; // milliseconds between two tries
const voice = 10_000; // milliseconds between two messages for screen readers
const keepable = 60_000; // bytes that a browser sends for a page that is being closed

export function start(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const bar = new Bar(document.getElementById("save")!);
  const desk = new Desk(form, bar);
  for (const article of form.querySelectorAll<HTMLElement>("[data-id]")) desk.answers.push(new Answer(article, desk));
  desk.listen();
  void Outbox.make(form.dataset.outbox ?? "", form.dataset.pass ?? "").then((outbox) => {
    desk.outbox = outbox;
    for (const a of desk.answers) a.seal();
  });
}

// Desk knows all answers of the page and what holds them up.
class Desk {
  answers: Answer[] = [];
  expired = false; // the sign-in session has ended
  stranger = false; // somebody else is signed in now
  stopped = ""; // why nothing can be saved any more
  leaving = false;
  saved = 0; // time of the last acknowledged save
  outbox?: Outbox; // nothing where the browser cannot seal

  constructor(readonly form: HTMLFormElement, readonly bar: Bar) {}

  get assessment(): string {
    return this.form.dataset.api!.split("/")[4];
  }

  get by(): string {
    return this.form.querySelector<HTMLInputElement>("[name=by]")!.value;
  }

  listen(): void {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush(true);
      else this.again();
    });
    addEventListener("pagehide", () => this.flush(true));
    addEventListener("online", () => this.again());
    addEventListener("offline", () => this.show());
    addEventListener("focus", () => this.expired && this.again());
    addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.written()) event.preventDefault();
      if (this.leaving || !this.unsaved().length) return;
      this.flush(true);
      if (this.unsaved().length) event.preventDefault();
    });
    this.form.addEventListener("submit", (event) => this.submit(event));
  }

  unsaved(): Answer[] {
    return this.answers.filter((a) => a.unsaved());
  }

  flush(closing = false): void {
    for (const a of this.answers) a.send(closing);
  }

  // again tries at once what waits for its next try.
  again(): void {
    for (const a of this.answers) a.retryNow();
  }

  // written tells whether a text beside a question is not posted yet.
  private written(): boolean {
    return [...this.form.querySelectorAll<HTMLTextAreaElement>("[data-talk]")].some((t) => t.value.trim() !== "");
  }

  // whole tells whether the form is sent as it is: a version is chosen, or something is said beside a question.
  private whole(button: HTMLButtonElement): boolean {
    return button.name === "keep" || !["stay", "next"].includes(button.value) || this.written();
  }

  // submit leads on once all is saved. Buttons that do more send the form as it is, after what is still under way.
  private async submit(event: SubmitEvent): Promise<void> {
    const button = event.submitter as HTMLButtonElement | null;
    if (!button || (!this.unsaved().length && this.whole(button))) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    this.flush();
    this.again();
    for (let i = 0; i < 50 && this.answers.some((a) => a.busy()); i++) await new Promise((done) => setTimeout(done, 100));
    if (this.answers.some((a) => a.unsaved())) {
      const first = this.unsaved()[0];
      first.article.scrollIntoView();
      this.show();
      return;
    }
    this.leaving = true;
    if (this.whole(button)) this.form.requestSubmit(button);
    else if (button.value === "next") location.assign(button.dataset.to!);
    else {
      this.leaving = false;
      this.show();
    }
  }

  // sameReader asks the page who is signed in, after a session had ended: what one person typed is never sent as another.
  async sameReader(): Promise<boolean> {
    const page = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "follow", cache: "no-store" });
    const now = new DOMParser().parseFromString(await page.text(), "text/html").querySelector<HTMLInputElement>("[name=by]");
    // Nothing to fill in: nobody is signed in yet, or somebody for whom this page does not exist.
    if (!now && page.status !== 403 && page.status !== 404) return false;
    this.stranger = now?.value !== this.by;
    this.expired = false;
    return !this.stranger;
  }

  show(): void {
    const waiting = this.unsaved();
    const clash = this.answers.find((a) => a.clash);
    const refused = this.answers.filter((a) => a.refused.size);
    const tries = waiting.filter((a) => a.tries > 0);
    if (this.stopped) this.bar.say("clash", this.stopped);
    else if (this.stranger) this.bar.say("clash", "other");
    else if (this.expired)
      this.bar.say("wait", "expired", {}, { href: "/sign-in?to=" + encodeURIComponent(location.pathname), text: "signin", away: true });
    else if (refused.length) this.bar.say("clash", "refused", { where: refused.map((a) => a.id).join(", ") });
    else if (clash) this.bar.say("clash", "clash", {}, { href: `${location.pathname}?both=${clash.id}#${clash.id}`, text: "compare" });
    else if (waiting.length && !navigator.onLine) this.bar.say("off", this.outbox?.sealed ? "sealed" : "offline", { count: String(waiting.length) });
    else if (tries.length) this.bar.say("wait", "waiting", { time: clock(Math.min(...tries.map((a) => a.since()))) });
    else if (waiting.length) this.bar.say("", "saving");
    else if (this.saved) this.bar.say("ok", "saved", { time: clock(this.saved) });
  }
}

// Answer is one indicator: what its inputs say, what the server is known to keep, and what is on its way.
class Answer {
  readonly id: string;
  clash = false;
  tries = 0;
  refused = new Map<Field, string>(); // what was refused, until it changes
  private acked: Record<Field, string>;
  private base: Record<Field, number>; // the version at which each field was last seen here
  private flight?: Flight;
  private timer = 0;
  private wait = 0;
  private tail = ""; // under which what was typed after the save under way is sealed

  constructor(readonly article: HTMLElement, private readonly desk: Desk) {
    this.id = article.dataset.id!;
    const version = Number(article.dataset.version);
    this.base = { value: version, explanation: version, evidence: version, confidence: version };
    this.acked = this.shown();
    if ("unsaved" in article.dataset) this.resume();
    article.addEventListener("input", (event) => this.changed(event, pause));
    article.addEventListener("change", (event) => this.changed(event, 0));
    article.addEventListener("focusout", () => this.send());
    // On a slow line people type before this script is there: that is not saved yet either.
    if (this.dirty().length) this.timer = window.setTimeout(() => this.send(), pause);
  }

  // shown is what the page came with, whatever was typed since.
  private shown(): Record<Field, string> {
    const page = this.article.cloneNode(true) as HTMLElement;
    for (const input of page.querySelectorAll("input")) {
      input.value = input.defaultValue;
      input.checked = input.defaultChecked;
    }
    for (const area of page.querySelectorAll("textarea")) area.value = area.defaultValue;
    for (const option of page.querySelectorAll("option")) option.selected = option.defaultSelected;
    return this.read(page);
  }

  // resume takes over a page on which the server refused something: nothing of this answer is saved yet.
  private resume(): void {
    for (const f of fields) {
      const failed = this.article.querySelector(`[data-field="${f}"].err`);
      if (failed) this.refused.set(f, this.acked[f]);
      this.acked[f] = "";
    }
  }

  private all<T extends HTMLElement>(selector: string, from = this.article): T[] {
    return [...from.querySelectorAll<T>(selector)];
  }

  private text(name: string, from: HTMLElement): string {
    return from.querySelector<HTMLInputElement>(`[name="${this.id}.${name}"]`)?.value ?? "";
  }

  private picked(name: string, from: HTMLElement): string {
    return from.querySelector<HTMLInputElement>(`[name="${this.id}.${name}"]:checked`)?.value ?? "";
  }

  // read says what the inputs say, each field as the body that would be sent for it.
  private read(from = this.article): Record<Field, string> {
    return {
      value: JSON.stringify(this.value(from)),
      explanation: JSON.stringify({ explanation: this.text("explanation", from) }),
      evidence: JSON.stringify({ evidence: this.text("evidence", from) }),
      confidence: JSON.stringify({ confidence: this.picked("confidence", from) }),
    };
  }

  private value(from: HTMLElement): Body {
    const choice = this.picked("choice", from);
    if (nonAnswers.includes(choice)) {
      const holder = choice === "not_ours" ? this.text("holder", from) : "";
      return holder ? { non_answer: choice, holder } : { non_answer: choice };
    }
    if ("radio" in this.article.dataset) return { value: choice };
    const boxes = this.all<HTMLInputElement>("[type=checkbox]", from);
    if (boxes.length) return { value: boxes.filter((b) => b.checked).map((b) => b.value).join("|") };
    return { value: this.text("value", from) };
  }

  private changed(event: Event, delay: number): void {
    const input = event.target as HTMLInputElement;
    if (!input.name.startsWith(this.id + ".") || input.name.includes(".joined-")) return;
    this.settle(input);
    this.measure(input);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.flight ? this.seal() : this.send()), delay);
    this.desk.show();
  }

  // seal keeps what is under way, and what was typed after it, sealed on this computer until it is saved.
  seal(): void {
    const { outbox } = this.desk;
    const flight = this.flight;
    if (!outbox || !flight || this.desk.stranger) return;
    const where = { assessment: this.desk.assessment, indicator: this.id, base: flight.base };
    if (!flight.sealed) outbox.keep(flight.key, { ...where, mutation: flight.key, after: "", body: JSON.parse(flight.body) as Body });
    flight.sealed = true;
    const now = this.read();
    const typed = fields.filter((f) => now[f] !== (flight.taken[f] ?? this.acked[f]));
    if (!typed.length) return;
    const body = typed.reduce<Body>((all, f) => ({ ...all, ...(JSON.parse(now[f]) as Body) }), {});
    this.tail ||= id();
    outbox.keep(this.tail, { ...where, mutation: id(), after: flight.key, body });
    // The line says how much is sealed a moment later.
    window.setTimeout(() => this.desk.show(), 200);
  }

  // unseal takes away what was kept of a save that has its answer.
  private unseal(flight: Flight): void {
    this.desk.outbox?.drop(flight.key);
    if (this.tail) this.desk.outbox?.drop(this.tail);
    this.tail = "";
  }

  // settle keeps the inputs from saying two things at once.
  private settle(input: HTMLInputElement): void {
    if (input.type === "radio" && input.checked) {
      const same = this.all<HTMLInputElement>(`[name="${input.name}"][value="${input.value}"]`);
      if (input.value === "") input.checked = false;
      else if (same[0] !== input) same[0].checked = true;
      return;
    }
    if (input.name !== this.id + ".value") return;
    for (const radio of this.all<HTMLInputElement>(`[name="${this.id}.choice"]`)) radio.checked = false;
    if (input.type !== "checkbox" || !input.checked) return;
    const alone = "exclusive" in input.dataset;
    for (const box of this.all<HTMLInputElement>("[type=checkbox]")) {
      if (box !== input && (alone || "exclusive" in box.dataset)) box.checked = false;
    }
  }

  // measure says how much room is left in a long text.
  private measure(input: HTMLInputElement): void {
    if (input.tagName !== "TEXTAREA") return;
    const { soft, max, long } = this.desk.form.dataset;
    let note = input.nextElementSibling as HTMLElement | null;
    if (!note?.classList.contains("long")) note = null;
    if (input.value.length <= Number(soft)) return note?.remove();
    if (!note) {
      note = document.createElement("p");
      note.className = "long";
      input.after(note);
    }
    const left = Number(max) - new TextEncoder().encode(input.value).length;
    note.textContent = long!.replace("{left}", String(Math.max(0, Math.floor(left / 1024))));
  }

  // dirty lists the fields that say something else than what is kept, except what was refused as it is.
  private dirty(): Field[] {
    const now = this.read();
    return fields.filter((f) => now[f] !== this.acked[f] && this.refused.get(f) !== now[f]);
  }

  unsaved(): boolean {
    const now = this.read();
    return !!this.flight || fields.some((f) => now[f] !== this.acked[f]);
  }

  busy(): boolean {
    return !!this.flight && this.tries === 0;
  }

  since(): number {
    return this.flight?.since ?? Date.now();
  }

  retryNow(): void {
    if (this.flight && this.wait) void this.post();
  }

  // send starts a save if something changed and none is under way. Fields last seen at different versions go one after the other.
  send(closing = false): void {
    if (this.flight || this.desk.stopped || this.desk.stranger) return;
    clearTimeout(this.timer);
    const dirty = this.dirty();
    if (!dirty.length) return;
    const base = this.base[dirty[0]];
    const now = this.read();
    const taken: Record<string, string> = {};
    let body: Body = {};
    const group = dirty.filter((f) => this.base[f] === base);
    for (const f of group) {
      taken[f] = now[f];
      body = { ...body, ...(JSON.parse(now[f]) as Body) };
    }
    this.flight = { key: id(), base, fields: group, body: JSON.stringify(body), taken, since: Date.now() };
    this.seal();
    void this.post(closing);
    this.desk.show();
  }

  private async post(closing = false): Promise<void> {
    const flight = this.flight!;
    clearTimeout(this.wait);
    this.wait = 0;
    let status = 0;
    let reply: Reply = {};
    try {
      if ((this.desk.expired || this.desk.stranger) && !(await this.desk.sameReader())) return this.later();
      const keepalive = closing && new Blob([flight.body]).size < keepable;
      const response = await fetch(this.desk.form.dataset.api + this.id, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": flight.key, "If-Match": `"${flight.base}"` },
        body: flight.body,
        keepalive,
        redirect: "error",
      });
      status = response.status;
      reply = (await response.json()) as Reply;
    } catch {
      // The line, a gateway, or a reply that is not ours: not saved.
    }
    this.took(flight, status, reply);
  }

  private took(flight: Flight, status: number, reply: Reply): void {
    const ours = reply.mutation === flight.key && typeof reply.version === "number";
    if (ours && ((status === 200 || status === 201) && reply.saved || status === 409 && reply.kept)) {
      this.acknowledge(flight, reply);
    } else if (status === 401 && reply.saved === false) {
      this.desk.expired = true;
      return this.later();
    } else if (status === 422 && reply.saved === false) {
      this.refuse(flight, reply);
    } else if ((status === 403 || status === 404 || status === 423) && reply.saved === false) {
      this.desk.stopped = reply.detail ?? "stopped";
    } else {
      return this.later();
    }
    this.flight = undefined;
    this.tries = 0;
    if (!this.desk.stopped) this.unseal(flight);
    this.desk.show();
    this.send();
  }

  private acknowledge(flight: Flight, reply: Reply): void {
    this.desk.expired = false;
    const conflict = reply.conflict ?? [];
    for (const f of flight.fields) {
      this.acked[f] = flight.taken[f];
      this.refused.delete(f);
      this.message(f, "");
      this.hint(f, reply.personal?.[f] ?? "");
      // A field in conflict keeps its base: whatever is typed on goes beside the colleague's text again, never over it.
      if (!conflict.includes(f)) this.base[f] = reply.version!;
    }
    if (conflict.length) this.clash = true;
    else this.desk.saved = Date.parse(reply.at ?? "") || Date.now();
    document.dispatchEvent(new Event("migov:saved"));
  }

  private refuse(flight: Flight, reply: Reply): void {
    const said = (reply.errors ?? []).map((e) => ({ field: e.location.split(".").pop() as Field, message: e.message }));
    for (const f of flight.fields) {
      const mine = said.filter((e) => e.field === f || (f === "value" && !fields.includes(e.field)));
      if (said.length && !mine.length) continue; // not at fault: it is sent again by itself
      this.refused.set(f, flight.taken[f]);
      this.message(f, mine.map((e) => e.message).join(" ") || reply.detail || "");
    }
    if (!this.refused.size) this.refused.set(flight.fields[0], flight.taken[flight.fields[0]]);
  }

  // message stands at the field it is about.
  private message(f: Field, text: string): void {
    const field = this.article.querySelector<HTMLElement>(`[data-field="${f}"]`);
    if (!field) return;
    let note = field.querySelector<HTMLElement>(".msg");
    field.classList.toggle("err", text !== "");
    const input = field.querySelector(`[id="${this.id}-${f}"]`);
    if (text === "") {
      note?.remove();
      input?.removeAttribute("aria-invalid");
      return;
    }
    if (!note) {
      note = document.createElement("p");
      note.className = "msg";
      note.id = `${this.id}-${f}-msg`;
      (input && f !== "value" ? input : field.querySelector(".levels, .chips, .ticks, .in"))?.before(note);
    }
    note.textContent = text;
    field.closest("details")?.setAttribute("open", "");
    input?.setAttribute("aria-invalid", "true");
    input?.setAttribute("aria-describedby", note.id);
  }

  // hint says quietly that a text seems to hold data of a person; the page says the same when it is opened.
  private hint(f: Field, text: string): void {
    const id = `personal-${this.id}-${f}`;
    let note = document.getElementById(id);
    if (text === "") return note?.remove();
    if (!note) {
      note = document.createElement("p");
      note.className = "hint";
      note.id = id;
      this.article.querySelector(`[data-field="${f}"]`)?.append(note);
    }
    note.textContent = text;
  }

  // later tries again after 1, 2, 4 … 60 seconds, give or take a fifth, under the same key, as long as the tab lives.
  private later(): void {
    const seconds = Math.min(longest, 1000 * 2 ** this.tries);
    this.tries++;
    this.wait = window.setTimeout(() => void this.post(), seconds * (0.8 + 0.4 * Math.random()));
    this.desk.show();
  }
}

// Bar is the one place that says what became of the work.
class Bar {
  private readonly state: HTMLElement;
  private readonly live: HTMLElement;
  private readonly icon: Element; // a tick; the style shows it beside "saved" only
  private spoken = 0;
  private timer = 0;
  private last = "";

  constructor(private readonly element: HTMLElement) {
    this.state = element.querySelector(".state")!;
    this.live = element.querySelector("[role=status]")!;
    this.icon = this.state.querySelector("svg")!;
  }

  say(kind: "" | "ok" | "wait" | "off" | "clash", name: string, values: Record<string, string> = {}, link?: { href: string; text: string; away?: boolean }): void {
    let text = this.element.dataset[name] ?? name; // a reply may bring its own sentence
    for (const [k, v] of Object.entries(values)) text = text.replace(`{${k}}`, v);
    if (text === this.last) return;
    this.last = text;
    this.state.className = `state ${kind}`;
    const words = document.createElement("span");
    words.textContent = text;
    this.state.replaceChildren(this.icon, words);
    if (link) {
      const a = document.createElement("a");
      a.href = link.href;
      a.textContent = this.element.dataset[link.text]!;
      if (link.away) {
        a.target = "_blank";
        a.rel = "noopener";
      }
      this.state.append(a);
    }
    if (name !== "saving") this.speak(text);
  }

  // speak tells screen readers the last state, at most once in ten seconds.
  private speak(text: string): void {
    clearTimeout(this.timer);
    const wait = this.spoken + voice - Date.now();
    const say = () => {
      this.spoken = Date.now();
      this.live.textContent = text;
    };
    if (wait <= 0) say();
    else this.timer = window.setTimeout(say, wait);
  }
}

// clock is a time of day on this computer.
function clock(time: number): string {
  const t = new Date(time);
  return [t.getHours(), t.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
}

// id makes a UUID; crypto.randomUUID is missing on plain HTTP, as in a workshop without internet.
function id(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
