// The ways through the book: the contents lists every chapter, "next" goes through all of them in this order,
// "previous" leads back, and every link of these pages that stays in the docs leads to a page, and to a place in it.
// That the links of all other pages lead to pages is checked by `.ci/links.py`.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";
import { bookTest, CHAPTERS, CONTENTS, DOCS, openDocs } from "./book.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const here = (page) => fileURLToPath(page.url());
const inDocs = (file) => path.relative(DOCS, file);

/** Follows a link of the text by a click, and gives the file it led to. */
async function follow(page, name) {
  const link = page.locator(".docblock").getByRole("link", { name, exact: true });
  assert.equal(await link.count(), 1, `${inDocs(here(page))}: one link ${name}`);
  await Promise.all([page.waitForNavigation(), link.click()]);
  return here(page);
}

bookTest("the contents lists every chapter; next and previous go through them in its order", async () => {
  const page = await openDocs(browser, CONTENTS);
  const rows = page.locator(".docblock table a");
  const listed = await rows.evaluateAll((links) => links.map(({ href, textContent }) => [href, textContent]));
  const order = listed.map(([href]) => fileURLToPath(href));
  assert.ok(order.length >= 4, `${order.length} chapters`);
  assert.deepEqual([...order].sort(), CHAPTERS.map(({ page }) => page).sort(), "the chapters of the tree");
  for (const [at, chapter] of order.entries()) {
    assert.equal(inDocs(await follow(page, "next →")), inDocs(chapter));
    const back = page.locator(".docblock").getByRole("link", { name: "contents", exact: true });
    assert.equal(fileURLToPath(await back.evaluate((link) => link.href)), CONTENTS);
    const heading = await page.locator(".docblock :is(h1, h2)").first().textContent();
    assert.equal(heading.replace(/^§/, ""), listed[at][1], "the title is that of the contents");
  }
  assert.equal(await page.getByRole("link", { name: "next →" }).count(), 0, "the last one has no next");
  for (const chapter of order.toReversed().slice(1)) {
    assert.equal(inDocs(await follow(page, "← previous")), inDocs(chapter));
  }
  assert.equal(await page.getByRole("link", { name: "← previous" }).count(), 0, "the first one has no previous");
  assert.equal(inDocs(await follow(page, "contents")), inDocs(CONTENTS));
  assert.deepEqual(page.errors, []);
});

/** What is wrong with the target of a link. A source has a place for each line, also `#3-8`. */
function fault(url) {
  const file = fileURLToPath(url.origin === "null" ? `file://${url.pathname}` : url);
  if (path.relative(DOCS, file).startsWith("..")) return "leaves the docs";
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) return "leads to no page";
  const place = decodeURIComponent(url.hash.slice(1));
  if (place === "") return null;
  const ids = new Set(
    [...fs.readFileSync(file, "utf8").matchAll(/\bid=(?:"([^"]+)"|([^\s>]+))/g)].map((id) => id[1] ?? id[2]),
  );
  const places = /^\d+-\d+$/.test(place) ? place.split("-") : [place];
  return places.every((place) => ids.has(place)) ? null : "leads to no place in its page";
}

bookTest("every link of the chapters and the contents answers, and its place is there", async () => {
  const page = await openDocs(browser, CONTENTS);
  const faults = [];
  let [inside, places] = [0, 0];
  for (const file of [CONTENTS, ...CHAPTERS.map(({ page }) => page)]) {
    await page.goto(pathToFileURL(file).href);
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.href));
    for (const link of new Set(links)) {
      const url = new URL(link);
      if (url.protocol !== "file:") {
        if (url.protocol !== "https:") faults.push(`${inDocs(file)}: ${link} is neither here nor https`);
        continue;
      }
      inside += 1;
      places += url.hash ? 1 : 0;
      const why = fault(url);
      if (why) faults.push(`${inDocs(file)}: ${inDocs(fileURLToPath(link.split("#")[0]))}${url.hash} ${why}`);
    }
  }
  assert.deepEqual(faults, []);
  assert.ok(inside >= 100 && places >= 30, `${inside} links, ${places} with a place`);
});
