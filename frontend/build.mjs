// Builds everything the program embeds from this folder into static/:
//   app-HASH.css, app-HASH.js and its chunks   for browsers, as .br and .gz; as they are only where that is smaller
//   manifest.json                              logical name -> hashed name, and every file browsers may ask for
//   engine.js.gz                               ECharts for the server-side engine (see chart/), never sent to browsers
//   guess.js.gz                                zxcvbn, to judge new passwords on the server, never sent to browsers
//   measure-*.ttf.gz                           subset fonts to measure text with on the server, never sent to browsers
//   licences.txt                               licence texts of everything that is in these files
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import subsetFont from "subset-font";

process.chdir(import.meta.dirname ?? new URL(".", import.meta.url).pathname);
const out = "static";

// Browsers of about 2021 and later; what they lack in CSS is left out by them, the page stays readable.
const browsers = ["es2020", "chrome90", "firefox102", "safari14"];

await mkdir(out, { recursive: true });
const written = new Set([".gitkeep"]);

const forBrowsers = await build({
  entryPoints: { app: "src/app.ts", style: "style/style.css" },
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: browsers,
  supported: { destructuring: true }, // Safari 14.0 has it but for a rare fault that our code does not meet
  minify: true,
  legalComments: "none", // collected in licences.txt
  metafile: true,
  define: { "process.env.NODE_ENV": '"production"' },
});

const forEngine = await build({
  entryPoints: ["src/engine/server.ts"],
  outfile: join(out, "engine.js"),
  write: false,
  bundle: true,
  format: "iife",
  target: "es2015", // goja understands a little more, not all of es2020
  minify: true,
  legalComments: "none",
  metafile: true,
  define: { "process.env.NODE_ENV": '"production"' },
});

const forGuessing = await build({
  entryPoints: ["src/engine/guess.ts"],
  outfile: join(out, "guess.js"),
  write: false,
  bundle: true,
  format: "iife",
  target: "es2015",
  minify: true,
  legalComments: "none",
  metafile: true,
});
// What is read seldom is kept compressed: the file of the program is in memory as a whole.
await put("guess.js.gz", await small(forGuessing.outputFiles[0].contents));
await put("engine.js.gz", await small(forEngine.outputFiles[0].contents));

// Logical names are those of the entries: app.js, app.css and the file name of each lazily loaded module.
const manifest = { urls: {}, files: [] };
for (const [path, output] of Object.entries(forBrowsers.metafile.outputs)) {
  const name = basename(path);
  manifest.files.push(name);
  if (output.entryPoint === "style/style.css") manifest.urls["app.css"] = name;
  else if (output.entryPoint) manifest.urls[basename(output.entryPoint).replace(/\.ts$/, ".js")] = name;
}

await writeFonts();
await writeLicences();
await compress();
manifest.files.sort();
await put("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
await tidy();
await report();

function small(data) {
  return promisify(gzip)(data, { level: 9 });
}

async function put(name, data) {
  await writeFile(join(out, name), data);
  written.add(name);
}

// tidy removes what earlier builds left. It comes last, so that a program built meanwhile finds a whole folder.
async function tidy() {
  for (const name of await readdir(out)) {
    if (!written.has(name)) await rm(join(out, name), { recursive: true });
  }
}

// writeFonts keeps the letters that the four languages and the names of cities need: Latin with its additions,
// Greek and Cyrillic capitals are left to the estimate of the measuring code. Arabic keeps its joining forms.
async function writeFonts() {
  const latin = range(0x20, 0x17f) + range(0x1e00, 0x1eff) + range(0x2010, 0x2026) + "‹›€−√×÷≤≥…";
  const arabic = range(0x600, 0x6ff) + " ";
  const fonts = [
    ["noto-sans", "NotoSans", "latin", latin],
    ["noto-sans-arabic", "NotoSansArabic", "arabic", arabic],
  ];
  for (const [pack, family, script, letters] of fonts) {
    for (const [weight, style] of [["400", "400Regular"], ["600", "600SemiBold"]]) {
      const font = await readFile(`node_modules/@expo-google-fonts/${pack}/${style}/${family}_${style}.ttf`);
      await put(`measure-${script}-${weight}.ttf.gz`, await small(await subsetFont(font, letters, { targetFormat: "truetype" })));
    }
  }
}

function range(from, to) {
  let s = "";
  for (let c = from; c <= to; c++) s += String.fromCodePoint(c);
  return s;
}

// writeLicences collects the licence texts of every package of which a part is in the output.
async function writeLicences() {
  const inputs = [forBrowsers, forEngine, forGuessing].flatMap((b) => Object.keys(b.metafile.inputs));
  const packages = new Set(["@expo-google-fonts/noto-sans", "@expo-google-fonts/noto-sans-arabic"]);
  for (const input of inputs) {
    const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
  let text = "Licences of the third-party software in the files of this folder.\n";
  for (const pack of [...packages].sort()) {
    const folder = join("node_modules", pack);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    text += `\n${"=".repeat(72)}\n${pack} ${about.version} (${about.license})\n`;
    const names = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!/^(licen[cs]e|notice)/i.test(entry.name)) continue;
      if (entry.isFile()) names.push(entry.name);
      else for (const inner of await readdir(join(folder, entry.name))) names.push(join(entry.name, inner));
    }
    if (names.length === 0) throw new Error(`no licence text in ${pack}`);
    for (const name of names.sort()) text += `\n${(await readFile(join(folder, name), "utf8")).trim()}\n`;
  }
  const name = `licences-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.txt`;
  await put(name, text);
  manifest.urls["licences.txt"] = name;
  manifest.files.push(name);
}

// compress writes .br and .gz of each file for browsers, so that serving never compresses. The file itself stays only where that
// saves nothing: who takes neither gets what .gz holds. What is large and loaded on demand only (the charts that move) has no .br, which
// would save a browser 27 kB once and cost every program 154 kB.
async function compress() {
  const br = promisify(brotliCompress);
  for (const name of manifest.files) {
    const data = await readFile(join(out, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
    const forms = { ".gz": await small(data) };
    if (forms[".gz"].length < 100_000) forms[".br"] = await br(data, { params });
    for (const [ending, form] of Object.entries(forms)) {
      if (form.length < data.length) await put(name + ending, form);
    }
    if (forms[".gz"].length < data.length) written.delete(name);
    else written.add(name);
  }
}

async function report() {
  const names = new Set((await readdir(out)).filter((name) => !/^\.|json$/.test(name)).map((name) => name.replace(/\.(br|gz)$/, "")));
  for (const name of [...names].sort()) {
    const sizes = [];
    for (const ending of ["", ".gz", ".br"]) {
      const data = await readFile(join(out, name + ending)).catch(() => null);
      if (data) sizes.push(`${(data.length / 1000).toFixed(1)} kB${ending}`);
    }
    console.log(name.padEnd(34), sizes.join("  "));
  }
}
