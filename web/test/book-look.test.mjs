// How a page of the book looks and works: in rustdoc's three themes nothing is wider than the page, also on a phone;
// what is wide scrolls in itself; axe-core finds nothing serious in the text; and each block of code can be copied, as
// it stands in the chapter. Screenshots go to SHOTS, where it is set.
//
// Left out: rustdoc's own parts (the bars, the search, the colours of its highlighted code). They are not ours.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { axe, launch, overflows } from "./browser.mjs";
import { bookTest, CHAPTERS, CONTENTS, openDocs, shot } from "./book.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const PAGES = [{ crate: "contents", page: CONTENTS }, ...CHAPTERS];

/** Blocks and tables: how many scroll in themselves, and which are cut or wider than the page. */
function wide() {
  const found = { scroll: 0, faults: [] };
  for (const element of document.querySelectorAll("#main-content .docblock *")) {
    if (element.closest("details:not([open])")) continue;
    const scrolls = (one) => /auto|scroll/.test(getComputedStyle(one).overflowX);
    const inner = element.scrollWidth - element.clientWidth;
    if (inner > 0 && scrolls(element)) {
      // rustdoc would let a paragraph scroll, too. That is not what we want: only blocks of code and tables may.
      if (element.matches("pre, pre *, div:has(> table)")) found.scroll += 1;
      else found.faults.push(`${element.tagName} scrolls: ${element.textContent.slice(0, 40)}`);
    }
    if (inner > 0 && /hidden|clip/.test(getComputedStyle(element).overflowX)) {
      found.faults.push(`${element.tagName} is cut: ${element.textContent.slice(0, 40)}`);
    }
    const box = element.getBoundingClientRect();
    let outer = element.parentElement;
    while (outer && !scrolls(outer)) outer = outer.parentElement;
    const inItself = outer?.parentElement?.closest(".docblock");
    const isOut = !inItself && box.width > 0 && box.right > innerWidth + 0.5;
    if (isOut) found.faults.push(`${element.tagName} ends at ${box.right}: ${element.textContent.slice(0, 40)}`);
  }
  return found;
}

/** What axe-core finds in our text. It wants a tab stop in what scrolls: browsers make one, and a test uses it. */
async function serious(page) {
  const findings = await axe(page, { include: [".docblock"], exclude: [["pre.rust"], [".doc-anchor"]] });
  return findings.filter((finding) => !finding.startsWith("scrollable-region-focusable"));
}

bookTest("nothing is wider than the page, in three themes, also on a phone; axe-core is content", async () => {
  let scroll = 0;
  for (const theme of ["light", "dark", "ayu"]) {
    const page = await openDocs(browser, CONTENTS, { theme });
    // The contents and a chapter in each theme, and each chapter in one.
    for (const { crate, page: file } of theme === "dark" || process.env.SHOTS ? PAGES : PAGES.slice(0, 2)) {
      await page.goto(pathToFileURL(file).href);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
      for (const width of [1280, 400]) {
        const form = `${crate}-${path.basename(path.dirname(file))}-${theme}-${width}`;
        await page.setViewportSize({ width, height: 800 });
        assert.ok(!(await overflows(page)), `${form} can be scrolled sideways`);
        const found = await page.evaluate(wide);
        assert.deepEqual(found.faults, [], form);
        if (width === 400) scroll += found.scroll;
        await shot(page, form);
      }
      assert.deepEqual(await serious(page), [], `${crate}-${theme}`);
    }
    assert.deepEqual(page.errors, []);
    await page.context().close();
  }
  assert.ok(scroll >= 30, `${scroll} blocks scroll in themselves on a phone`);
});

bookTest("the keyboard scrolls a block that is wider than a phone", async () => {
  const page = await openDocs(browser, CHAPTERS[0].page, { viewport: { width: 400, height: 800 } });
  // Where the text begins.
  await page
    .locator(".docblock")
    .first()
    .click({ position: { x: 5, y: 5 } });
  const scrolled = () =>
    page.evaluate(() => (document.activeElement.closest(".docblock pre") ? document.activeElement.scrollLeft : null));
  for (let stop = 0; stop < 40 && (await scrolled()) === null; stop += 1) await page.keyboard.press("Tab");
  assert.equal(await scrolled(), 0, "a block is reached");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.activeElement.scrollLeft > 0);
  await page.context().close();
});

/** The blocks of code of a chapter, as rustdoc shows them: without the lines that a doctest hides. */
function blocks(file) {
  const found = fs.readFileSync(file, "utf8").matchAll(/^```(\S*)\n(.*?)^```$/gms);
  return [...found].map(([, kind, text]) => {
    const shown = (line) => !(kind.startsWith("rust") && /^# |^#$/.test(line));
    return text.split("\n").filter(shown).join("\n").trimEnd();
  });
}

/** Copies each block of a page with its button, which appears when the pointer is on the block. */
async function copied() {
  const texts = [];
  for (const wrap of document.querySelectorAll(".docblock .example-wrap")) {
    wrap.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    await navigator.clipboard.writeText("nothing was copied");
    wrap.querySelector(".copy-button")?.click();
    texts.push((await navigator.clipboard.readText()).trimEnd());
  }
  return texts;
}

const permissions = ["clipboard-read", "clipboard-write"];

bookTest("each block of code can be copied: the button gives the text of the chapter", async () => {
  const page = await openDocs(browser, CONTENTS, { permissions });
  for (const { crate, file, page: shown } of CHAPTERS) {
    await page.goto(pathToFileURL(shown).href);
    const wanted = blocks(file);
    assert.ok(wanted.length >= 5, `${crate}: ${wanted.length} blocks`);
    assert.deepEqual(await page.evaluate(copied), wanted, `${crate}; are the docs older than the chapter?`);
  }
  await page.context().close();
});

bookTest("the button is there for a pointer, and for a finger", async () => {
  for (const phone of [{}, { viewport: { width: 400, height: 800 }, hasTouch: true, isMobile: true }]) {
    const page = await openDocs(browser, CHAPTERS[0].page, { ...phone, permissions });
    const wrap = page.locator(".docblock .example-wrap").first();
    await (phone.hasTouch ? wrap.tap({ position: { x: 20, y: 8 } }) : wrap.hover({ position: { x: 20, y: 8 } }));
    const button = wrap.locator(".copy-button");
    await (phone.hasTouch ? button.tap() : button.click());
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(text.trimEnd(), blocks(CHAPTERS[0].file)[0]);
    await page.context().close();
  }
});
