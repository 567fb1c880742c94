// The page for everybody: axe-core finds nothing serious in any form, the keyboard alone reaches everything, nothing
// can be scrolled sideways, and print has the text and the chosen packet. Screenshots go to SHOTS, where it is set.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { assertQuiet, axe, inAllForms, launch, open, overflows } from "./browser.mjs";
import { page as pageOf } from "./pages.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function shot(page, name) {
  if (!process.env.SHOTS) return;
  fs.mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

for (const [name, frame, ...args] of [
  ["first", 6, "fetch", "https://www.example.test/"],
  ["loss", 40, "fetch", "https://www.example.test/large", "--loss", "3"],
  ["home", 7, "scene", "home"],
  ["traceroute", 1, "scene", "traceroute"],
  ["two_paths", 140, "scene", "two_paths"],
]) {
  test(`${name}: two widths, light and dark`, async () => {
    const page = await open(browser, (await pageOf(...args)).file, { hash: `#frame=${frame}` });
    await page.locator("[role=treeitem]", { hasText: "flags and fragment offset" }).click();
    await inAllForms(page, async (form) => {
      assert.ok(!(await overflows(page)), `${form} can be scrolled sideways`);
      assert.deepEqual(await axe(page), [], form);
      await shot(page, `${name}-${form}`);
    });
    await page.keyboard.press("t");
    assert.deepEqual(await axe(page), [], "text view");
    await page.keyboard.press("?");
    assert.deepEqual(await axe(page), [], "help");
    await shot(page, `${name}-help`);
    assertQuiet(page);
    await page.context().close();
  });
}

test("the keyboard alone reaches every pane, and leaves it again", async () => {
  const page = await open(browser, (await pageOf("fetch", "https://www.example.test/")).file, { hash: "#frame=6" });
  await page.locator("[role=treeitem]").first().waitFor();
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      const role = element.getAttribute("role") ?? element.tagName.toLowerCase();
      return `${role} ${element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 20)}`;
    });
  const stops = [];
  for (let at = 0; at < 60; at += 1) {
    await page.keyboard.press("Tab");
    const stop = await focused();
    if (stop.startsWith("body")) break;
    stops.push(stop);
    if (/^listbox|^slider/.test(stop)) await page.keyboard.press("ArrowDown");
    if (/^treeitem/.test(stop)) {
      for (const key of ["ArrowDown", "ArrowRight", "ArrowDown"]) await page.keyboard.press(key);
    }
    // The focus follows what was chosen when that is drawn.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
    if (/^grid/.test(stop)) await page.keyboard.press("ArrowRight");
  }
  for (const wanted of [
    /^button Text/,
    /^button Help/,
    /^button all/,
    /^button 1DNS/,
    /^input find/,
    /^slider time/,
    /^listbox/,
    /^group state of both ends/,
    /^group pieces/,
    /^tab IP packet/,
    /^treeitem/,
    /^grid bytes/,
    /^button bit/,
  ]) {
    assert.ok(
      stops.some((stop) => wanted.test(stop)),
      `${wanted} in ${stops.join(", ")}`,
    );
  }
  assert.equal(stops.filter((stop) => /^treeitem/.test(stop)).length, 1, "the tree is one stop");
  assert.equal(stops.filter((stop) => /^button bit/.test(stop)).length, 1, "the bits are one stop");
  let back = "";
  for (let at = 0; at < stops.length + 2 && !/^button Text/.test(back); at += 1) {
    await page.keyboard.press("Shift+Tab");
    back = await focused();
  }
  assert.match(back, /^button Text/);
  assertQuiet(page);
});

test("print has the text and the chosen packet", async () => {
  const page = await open(browser, (await pageOf("fetch", "https://www.example.test/")).file, { hash: "#frame=6" });
  await page.locator("[role=treeitem]").first().waitFor();
  await page.emulateMedia({ media: "print" });
  const visible = (selector) => page.locator(selector).first().isVisible();
  assert.ok(await visible(".printed"));
  assert.ok(await visible("#packet-title"));
  assert.ok(await visible(".fields"));
  assert.ok(await visible(".states"));
  assert.ok(!(await visible(".ladder")));
  assert.ok(!(await visible(".filters")));
  await page.emulateMedia({ media: "screen" });
  const all = Math.ceil(269 / 16);
  const fewer = (all) => document.querySelectorAll(".bytes-row").length < all;
  await page.waitForFunction(fewer, all);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  // All bytes are printed, not only those in sight: the IP packet has 269, sixteen in a row.
  await page.waitForFunction((all) => document.querySelectorAll(".bytes-row").length === all, all);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.waitForFunction(fewer, all);
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 10_000);
  if (process.env.SHOTS) fs.writeFileSync(path.join(process.env.SHOTS, "first.pdf"), pdf);
  assertQuiet(page);
});

test("nothing moves for those who want no motion", async () => {
  const { file } = await pageOf("fetch", "https://www.example.test/");
  const page = await open(browser, file, { reducedMotion: "reduce" });
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll(".viewer *")].filter((element) => {
        const style = getComputedStyle(element);
        return style.animationName !== "none" || style.scrollBehavior === "smooth";
      }).length,
  );
  assert.equal(moving, 0);
});
