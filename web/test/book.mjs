// What the tests of the book share: the pages that `cargo doc` wrote, opened as a reader opens them, and what the
// chapters in the tree hold. BAREWIRE_DOCS names the folder of the docs; without it they are where cargo puts them.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

export const TREE = path.resolve(fileURLToPath(import.meta.url), "../../..");
const TARGET = path.resolve(TREE, process.env.CARGO_TARGET_DIR ?? "target");
export const DOCS = path.resolve(process.env.BAREWIRE_DOCS ?? path.join(TARGET, "doc"));

/** The contents page, in the docs. */
export const CONTENTS = path.join(DOCS, "barewire/book/index.html");

/** The chapters in the tree, in no order: the crate, the file's name, and its page in the docs. */
export const CHAPTERS = fs.readdirSync(TREE).flatMap((crate) => {
  const folder = path.join(TREE, crate, "chapters");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /^\d+_\w+\.md$/.test(name)) : [];
  return names.map((name) => ({
    crate,
    file: path.join(folder, name),
    page: path.join(DOCS, `barewire_${crate}/chapters/c${path.basename(name, ".md")}/index.html`),
  }));
});

/** The figures in the tree. */
export const FIGURES = CHAPTERS.flatMap(({ crate, file }) =>
  [...fs.readFileSync(file, "utf8").matchAll(/^\[figure-\w+\]: (figures\/\w+\.svg)$/gm)].map((found) => ({
    crate,
    file: path.join(path.dirname(file), found[1]),
  })),
);

const MISSING =
  `the docs are not built: there is no ${CONTENTS}. Build them in the workspace with \`cargo doc --no-deps\`; ` +
  "BAREWIRE_DOCS names another folder than cargo's";

/** A test that needs the docs. Without them it is skipped, and fails where BAREWIRE_REQUIRE_DOCS is set. */
export function bookTest(name, what) {
  if (fs.existsSync(CONTENTS)) return test(name, { timeout: 120_000 }, what);
  if (process.env.BAREWIRE_REQUIRE_DOCS === "1") return test(name, () => assert.fail(MISSING));
  console.error(`SKIPPED: ${name}: ${MISSING}`);
  return test(name, { skip: MISSING }, () => {});
}

/** Opens a page of the docs in one of rustdoc's themes, or `null` for that of the system. */
export async function openDocs(browser, file, { theme = "light", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true, ...options });
  await context.addInitScript((theme) => {
    localStorage.setItem("rustdoc-use-system-theme", String(theme === null));
    if (theme !== null) localStorage.setItem("rustdoc-theme", theme);
  }, theme);
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  return page;
}

/** What a reader would see of an element, or of the page: its width, and how often each colour is in it. */
export async function pixels(page, target = page) {
  const picture = (await target.screenshot()).toString("base64");
  return page.evaluate(async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    const colours = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const colour = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    return { width: image.width, colours: [...colours].sort(([, a], [, b]) => b - a) };
  }, picture);
}

/** Keeps a picture to be looked at, where SHOTS names a folder. */
export async function shot(page, name) {
  if (!process.env.SHOTS) return;
  fs.mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SHOTS, `book-${name}.png`) });
}
