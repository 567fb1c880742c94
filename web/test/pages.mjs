// Static pages for the tests: written by the program, or filled from the lines of a story as the program does it.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import { build } from "esbuild";
import { buildTemplate } from "../build/template.mjs";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = process.env.BAREWIRE ?? path.join(WEB, "../target/debug/barewire");
const FOLDER = fs.mkdtempSync(path.join(os.tmpdir(), "barewire-viewer-"));
process.on("exit", () => fs.rmSync(FOLDER, { recursive: true, force: true }));

const CHUNK = 64;
let template;
let number = 0;

async function freshTemplate() {
  if (!template) {
    const file = path.join(FOLDER, "template.html");
    await buildTemplate(file);
    template = fs.readFileSync(file, "utf8");
  }
  return template;
}

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Fills the template; `rows` are rows with their details, by frame. */
export async function filled({ title = "a story", text = "the text", story, rows = [], details }) {
  const chunks = [];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const some = rows.slice(at, at + CHUNK);
    const packed = zlib.gzipSync(some.map((row) => JSON.stringify(row)).join("\n"));
    chunks.push(`${some[0].frame} ${some.at(-1).frame} ${packed.toString("base64")}`);
  }
  const values = {
    title: escape(title),
    text: escape(text),
    story: story.replace(/</g, "\\u003c"),
    details: details ?? chunks.join("\n"),
  };
  const html = (await freshTemplate()).replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
  return save(html);
}

function save(html) {
  number += 1;
  const file = path.join(FOLDER, `page-${number}.html`);
  fs.writeFileSync(file, html);
  return file;
}

/** What lies in a page that the program wrote. */
export function partsOf(html) {
  const between = (start, end) => {
    const from = html.indexOf(start);
    return from < 0 ? "" : html.slice(from + start.length, html.indexOf(end, from));
  };
  return {
    title: between("<title>", "</title>"),
    text: between('<pre id="text">', "</pre>"),
    story: between('<script type="text/plain" id="story">', "</script>"),
    details: between('<script type="text/plain" id="details">', "</script>"),
  };
}

const pages = new Map();

/** The page that the program writes for these arguments. Where the program has another template inside than the one
 *  that is built now, its story is put into that one: the viewer can be changed without building the program. */
export async function page(...args) {
  const key = args.join(" ");
  if (!pages.has(key)) {
    const file = path.join(FOLDER, `program-${pages.size}.html`);
    execFileSync(PROGRAM, [...args, "--html", file], { stdio: ["ignore", "ignore", "inherit"], maxBuffer: 1 << 28 });
    const parts = partsOf(fs.readFileSync(file, "utf8"));
    const html = (await freshTemplate()).replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
    pages.set(key, { file: save(html), ...parts });
  }
  return pages.get(key);
}

/** The lines of a story as the program writes them, as objects. */
export async function storyOf(...args) {
  const { story } = await page(...args);
  return story
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export function linesOf(objects) {
  return objects.map((object) => JSON.stringify(object)).join("\n");
}

const SOURCE = {
  absWorkingDir: WEB,
  bundle: true,
  write: false,
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
};

/** A module of the source, for tests that need no browser. */
export async function moduleOf(entry) {
  const result = await build({ ...SOURCE, entryPoints: [entry], format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].text).toString("base64")}`);
}

/** A page that runs a piece of code from the source. `data`: texts that it finds in the page by their id. */
export async function pageWith(contents, data) {
  const script = await build({ ...SOURCE, stdin: { contents, resolveDir: WEB, loader: "tsx" }, format: "iife" });
  const style = await build({ ...SOURCE, entryPoints: ["src/viewer/style.css"] });
  const texts = Object.entries(data).map(
    ([id, text]) => `<script type="text/plain" id="${id}">${text.replace(/</g, "\\u003c")}</script>`,
  );
  return save(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>a test</title>
<meta name="viewport" content="width=device-width"><style>${style.outputFiles[0].text}</style></head>
<body><div id="viewer"></div>${texts.join("\n")}<script>${script.outputFiles[0].text}</script></body></html>`);
}
