// What to look at in a scene, on the screen and in print; and what is chosen where the system chooses the colours.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertQuiet, axe, inAllForms, launch, open, overflows } from "./browser.mjs";
import { filled, linesOf, page as pageOf, storyOf } from "./pages.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const look = (page) => page.getByRole("region", { name: "What to look at" });

/** A scene whose text of what to look at is this one. */
async function withLook(text) {
  const lines = (await storyOf("scene", "home")).filter(({ kind }) => kind !== "look");
  lines.splice(-1, 0, { kind: "look", text });
  return open(browser, await filled({ story: linesOf(lines) }));
}

test("a scene says what to look at: a short text is open, a long one closed", async () => {
  for (const [scene, isOpen] of [
    ["proxy", true],
    ["home", false],
  ]) {
    const page = await open(browser, (await pageOf("scene", scene)).file);
    const { text } = (await storyOf("scene", scene)).find(({ kind }) => kind === "look");
    const words = (all) => all.replace(/\s+/g, " ").trim();
    const shown = await look(page).locator("pre").textContent();
    assert.equal(words(`what to look at ${shown}`), words(text));
    assert.equal(await look(page).locator("pre").isVisible(), isOpen);
    await look(page).locator("summary").click();
    assert.equal(await look(page).locator("pre").isVisible(), !isOpen);
    await look(page)
      .locator("details")
      .evaluate((element) => (element.open = true));
    await inAllForms(page, async (form) => {
      assert.ok(!(await overflows(page)), `${form} can be scrolled sideways`);
      assert.deepEqual(await axe(page), [], form);
    });
    assertQuiet(page);
    await page.context().close();
  }
});

test("its lines keep their places, and are only text", async () => {
  const page = await withLook("  what to look at\n    <b>one\n      two\u202e\n\n    three");
  assert.equal(await look(page).locator("pre").textContent(), "<b>one\n  two\\u{202e}\n\nthree");
  assertQuiet(page);
});

test("a text without end scrolls in its pane; a story without one has no pane", async () => {
  const page = await withLook(Array.from({ length: 1000 }, (_, at) => `line ${at}`).join("\n"));
  await look(page).locator("summary").click();
  const [inner, outer] = await look(page)
    .locator("pre")
    .evaluate((element) => [element.scrollHeight, element.clientHeight]);
  assert.ok(inner > outer && outer < 200, `${inner} in ${outer}`);
  await page.setViewportSize({ width: 1280, height: 600 });
  const packet = await page.locator(".packet-pane").boundingBox();
  assert.ok(packet.height >= 300, "the packet keeps its room");
  const other = await open(browser, (await pageOf("fetch", "https://www.example.test/")).file);
  assert.equal(await look(other).count(), 0);
});

test("print has what to look at, open or closed, and a margin around the text", async () => {
  const page = await open(browser, (await pageOf("scene", "home")).file);
  await page.emulateMedia({ media: "print" });
  const { height } = await look(page).locator("pre").boundingBox();
  assert.ok(height > 200, `${height}`);
  const margin = () => parseFloat(getComputedStyle(document.querySelector(".printed")).paddingLeft);
  assert.ok((await page.evaluate(margin)) >= 8);
  assertQuiet(page);
});

test("where the system chooses the colours, what is chosen has an outline", async () => {
  const options = { forcedColors: "active", hash: "#frame=6" };
  const page = await open(browser, (await pageOf("fetch", "https://www.example.test/")).file, options);
  await page.locator("[role=treeitem]", { hasText: "time to live" }).click();
  await page.getByRole("button", { name: /^tcp 0/ }).click();
  for (const selector of [
    ".packet.chosen",
    ".field.chosen",
    ".hex .caret",
    ".bits .own",
    ".chip[aria-pressed=true]",
    ".filter[aria-pressed=true]",
    ".tabs [aria-selected=true]",
    ".states .changed",
  ]) {
    const style = await page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).outlineStyle);
    assert.notEqual(style, "none", selector);
  }
  const marked = page.locator(".hex .marked").first();
  assert.equal(await marked.evaluate((element) => getComputedStyle(element).borderBottomStyle), "solid");
  assertQuiet(page);
});
