// Keeps text that is not saved yet on this computer, sealed to a key that only the server holds: the computer can deliver
// it, also after the tab was killed and when somebody else sits here, and nobody here can read it. The letter is
// described in api/session/outbox.go.

export interface Letter {
  assessment: string;
  indicator: string;
  mutation: string;
  base: number;
  after: string; // an earlier mutation of this tab, on whose result this one is based
  body: Record<string, string>;
}

interface Sealed {
  id: string;
  tab: string;
  at: number;
  box: string;
}

const base = "migov-outbox";
const table = "sealed";
const patience = 600_000; // milliseconds after which a letter of an unknown tab is delivered, where tabs cannot be told to live
const life = 14 * 24 * 3600_000; // as on the server

const tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(base, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: "id" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
    request.onblocked = () => failed(new Error("blocked"));
  });
}

async function work<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((done, failed) => {
      const transaction = db.transaction(table, mode);
      const request = act(transaction.objectStore(table));
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    db.close();
  }
}

const name = (id: string) => "migov-tab-" + id;

// Outbox seals the letters of one tab.
export class Outbox {
  sealed = 0; // letters that are safely kept here now
  private last: Promise<unknown> = Promise.resolve();
  private readonly held = new Set<string>();

  private constructor(private readonly key: CryptoKey, private readonly pass: string) {}

  // make returns nothing where a browser cannot seal: then the open page is all there is, and says so.
  static async make(key: string, pass: string): Promise<Outbox | undefined> {
    if (!key || !pass || !crypto.subtle || !("indexedDB" in self)) return undefined;
    try {
      const point = bytes(key);
      const imported = await crypto.subtle.importKey("raw", point, { name: "ECDH", namedCurve: "P-256" }, false, []);
      (await open()).close();
      void navigator.locks?.request(name(tab), () => new Promise(() => undefined)); // held as long as the tab lives
      return new Outbox(imported, pass);
    } catch {
      return undefined;
    }
  }

  // keep seals a letter under an id; a later one under the same id takes its place.
  keep(id: string, letter: Letter): void {
    this.queue(async () => {
      const box = await seal(this.key, { pass: this.pass, ...letter });
      await work("readwrite", (s) => s.put({ id, tab, at: Date.now(), box } satisfies Sealed));
      this.held.add(id);
    });
  }

  // drop takes a letter away, once it was saved or can never be.
  drop(id: string): void {
    this.queue(async () => {
      await work("readwrite", (s) => s.delete(id));
      this.held.delete(id);
    });
  }

  // queue does one thing after the other, so that a letter is never kept after it was dropped.
  private queue(act: () => Promise<void>): void {
    this.last = this.last.then(act).catch(() => undefined).then(() => (this.sealed = this.held.size));
  }
}

async function seal(to: CryptoKey, letter: object): Promise<string> {
  const own = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: to }, own.privateKey, 256);
  const from = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("migov outbox 1");
  const key = await crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info }, from, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(letter)));
  const point = await crypto.subtle.exportKey("raw", own.publicKey);
  return letters(new Uint8Array([1, ...new Uint8Array(point), ...iv, ...new Uint8Array(text)]));
}

// deliver sends what tabs that are gone have left behind, whoever sits here now.
export async function deliver(): Promise<void> {
  const all: Sealed[] = await work("readonly", (s) => s.getAll());
  const held = navigator.locks ? (await navigator.locks.query()).held ?? [] : undefined;
  const alive = new Set(held?.map((l) => l.name));
  const now = Date.now();
  const left = all.filter((l) => l.tab !== tab && (held ? !alive.has(name(l.tab)) : now - l.at > patience));
  left.sort((a, b) => a.at - b.at);
  for (let i = 0; i < left.length; i += 50) {
    const some = left.slice(i, i + 50);
    const response = await fetch("/api/v1/outbox", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ letters: some.map(({ id, box }) => ({ id, box })) }),
      redirect: "error",
    });
    if (response.status !== 200) return;
    const { results } = (await response.json()) as { results: { id: string; state: string }[] };
    for (const r of results) {
      const letter = some.find((l) => l.id === r.id);
      if (!letter || (r.state === "later" && now - letter.at < life)) continue;
      if (!["saved", "kept", "refused", "later"].includes(r.state)) continue;
      await work("readwrite", (s) => s.delete(r.id));
    }
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

function letters(raw: Uint8Array): string {
  let text = "";
  for (const b of raw) text += String.fromCharCode(b);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
