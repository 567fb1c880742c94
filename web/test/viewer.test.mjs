// The static page in a browser: the picture is there, keys step through it, and nothing is asked of anywhere.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertQuiet, launch, open } from "./browser.mjs";
import { filled, page as pageOf, storyOf } from "./pages.mjs";

const FIRST = ["fetch", "https://www.example.test/", "--seed", "1"];
const LOSS = ["fetch", "https://www.example.test/large", "--loss", "3", "--seed", "1"];

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const show = async (args, options) => open(browser, (await pageOf(...args)).file, options);
const chosen = (page) => page.locator("[role=option][aria-selected=true] > .number").innerText().then(Number);
/** Waits until this packet is chosen: what a key does is drawn a moment later. */
const at = (page, frame) =>
  page.waitForFunction(
    (wanted) => document.querySelector("[role=option][aria-selected=true] > .number")?.textContent === String(wanted),
    frame,
    { timeout: 3000 },
  );
const title = (page) => page.locator("#packet-title").innerText();

test("the picture is there, and says what the story says", async () => {
  const page = await show(FIRST);
  const rows = (await storyOf(...FIRST)).filter((line) => line.kind === "row");
  assert.equal(await page.locator("[role=option]").count(), rows.length);
  assert.match(await page.locator(".lines").innerText(), /ClientHello x25519/);
  assert.match(await page.locator(".budget").innerText(), /first byte after .* and 4 round trips/);
  assert.match(await page.locator(".conversations").innerText(), /TLS 1\.3, HTTP\/1\.1/);
  assert.equal(await page.locator("#text").isVisible(), false);
  await page.waitForFunction(() => performance.getEntriesByName("picture").length > 0);
  const picture = await page.evaluate(() => performance.getEntriesByName("picture")[0].startTime);
  console.log(`first picture after ${picture.toFixed(0)} ms`);
  assert.ok(picture < 1500);
  assertQuiet(page);
});

test("keys step, jump, and are not taken from inputs", async () => {
  const page = await show(FIRST);
  await at(page, 1);
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await at(page, 3);
  await page.keyboard.press("k");
  await at(page, 2);
  await page.keyboard.press("End");
  await at(page, 15);
  await page.keyboard.press("PageUp");
  await at(page, 5);
  await page.keyboard.press("Home");
  await at(page, 1);
  await page.keyboard.press("Control+j");
  await page.keyboard.press("/");
  await page.keyboard.type("jjk");
  await at(page, 1);
  assert.equal(await page.locator(".find input").inputValue(), "jjk");
  assertQuiet(page);
});

test("the address names the packet", async () => {
  const page = await show(FIRST, { hash: "#frame=7" });
  await at(page, 7);
  assert.match(await title(page), /^Frame 7/);
  await page.keyboard.press("j");
  await page.waitForFunction(() => location.hash === "#frame=8");
  for (const frame of [7, 3]) {
    await page.evaluate((hash) => (location.hash = hash), `#frame=${frame}`);
    await at(page, frame);
  }
  await page.evaluate(() => (location.hash = "#frame=99999"));
  await page.waitForTimeout(100);
  await at(page, 3);
  assertQuiet(page);
});

test("find marks, counts and steps", async () => {
  const page = await show(FIRST);
  await page.keyboard.press("/");
  await page.keyboard.type("close_notify");
  assert.match(await page.locator(".found-count").innerText(), /^2 matches$/);
  await page.keyboard.press("Enter");
  await at(page, 12);
  assert.equal(await page.locator(".found-count").innerText(), "1 of 2");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("finished");
  assert.equal(await page.locator("mark").count(), 2);
  await page.locator(".lines").focus();
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.querySelector(".found-count").textContent.startsWith("1 of"));
  const first = await chosen(page);
  await page.keyboard.press("n");
  await page.waitForFunction(() => !document.querySelector(".find .found-count").textContent.startsWith("1 of"));
  assert.notEqual(await chosen(page), first);
  await page.keyboard.press("N");
  await at(page, first);
  await page.keyboard.press("/");
  await page.keyboard.type("no such words");
  assert.equal(await page.locator(".found-count").innerText(), "no match");
  assertQuiet(page);
});

test("layers and conversations are filters", async () => {
  const page = await show(FIRST);
  const layers = async () => new Set((await page.locator(".lines .layer").allInnerTexts()).filter(Boolean));
  await page.keyboard.press("1");
  assert.ok(!(await layers()).has("DNS"));
  await page.keyboard.press("1");
  for (const key of ["2", "3", "4"]) await page.keyboard.press(key);
  assert.deepEqual(await layers(), new Set(["DNS"]));
  await page.keyboard.press("1");
  assert.match(await page.locator(".lines").innerText(), /no packets/);
  for (const key of ["1", "2", "3", "4"]) await page.keyboard.press(key);
  await page.locator(".chip", { hasText: "udp 0" }).click();
  assert.equal(await page.locator("[role=option]").count(), 2);
  await page.locator(".chip", { hasText: "all" }).click();
  assert.equal(await page.locator("[role=option]").count(), 15);
  assertQuiet(page);
});

test("[ and ] jump between losses and troubles", async () => {
  const page = await show(LOSS);
  const rows = (await storyOf(...LOSS)).filter((line) => line.kind === "row");
  const trouble = rows.filter((row) => row.lost || row.notes.some((note) => note.trouble)).map((row) => row.frame);
  assert.ok(trouble.length > 2, "the run has losses");
  for (const frame of trouble.slice(0, 3)) {
    await page.keyboard.press("]");
    await at(page, frame);
  }
  await page.keyboard.press("[");
  await at(page, trouble[1]);
  assertQuiet(page);
});

test("the time axis is a slider, and a click chooses the nearest packet", async () => {
  const page = await show(FIRST);
  const axis = page.locator("[role=slider]");
  const box = await axis.boundingBox();
  await axis.click({ position: { x: box.width - 6, y: 10 } });
  await page.waitForFunction(() => Number(document.querySelector("[role=slider]").ariaValueNow) >= 13);
  await axis.press("Home");
  await at(page, 1);
  await axis.press("ArrowRight");
  await at(page, 2);
  assert.match(await axis.getAttribute("aria-valuetext"), /10\.0 ms, frame 2/);
  assertQuiet(page);
});

test("the help lists the keys and switches them off", async () => {
  const page = await show(FIRST);
  await page.keyboard.press("?");
  const dialog = page.locator("dialog");
  assert.match(await dialog.innerText(), /the next loss or trouble/);
  await page.keyboard.press("j");
  await dialog.locator("input[type=checkbox]").uncheck();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement.getAttribute("role") === "listbox");
  assert.equal(await dialog.isVisible(), false);
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  // Only the arrow does something: without letters the arrows of the ladder stay.
  await at(page, 2);
  await page.getByRole("button", { name: "Help" }).click();
  await dialog.locator("input[type=checkbox]").check();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement.getAttribute("role") === "listbox");
  await page.keyboard.press("j");
  await at(page, 3);
  assertQuiet(page);
});

test("the text view is what the program prints", async () => {
  const page = await show(FIRST);
  const text = (await storyOf(...FIRST)).find((line) => line.kind === "text")?.text;
  await page.keyboard.press("t");
  const shown = await page.locator(".text-view pre").textContent();
  assert.ok(shown.includes("ClientHello"));
  if (text) assert.equal(shown, text);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.waitForFunction(() => document.querySelector(".text-bar [role=status]").textContent !== "");
  await page.keyboard.press("t");
  assert.equal(await page.locator("[role=option]").count(), 15);
  assertQuiet(page);
});

test("with JavaScript off the text is there", async () => {
  const page = await show(FIRST, { javaScriptEnabled: false });
  assert.ok(await page.locator("#text").isVisible());
  assert.match(await page.locator("#text").innerText(), /ClientHello x25519, 3 suites/);
});

test("a story that cannot be read gives a sentence, and the text stays", async () => {
  for (const [story, says] of [
    ["", /story is empty/],
    ["no JSON", /Line 1 .*must be one JSON object/],
    ['{"kind":"row"}', /first line must be of kind "file"/],
    ['{"kind":"file","schema":"barewire.story/1"}', /reads the schema barewire.story\/2; there was "[^"]*\/1"/],
  ]) {
    const page = await open(browser, await filled({ story, text: "the text of the terminal" }));
    assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), "error");
    assert.match(await page.locator("[role=alert]").innerText(), says);
    assert.ok(await page.getByText("the text of the terminal").isVisible());
    assertQuiet(page);
    await page.context().close();
  }
});

test("details that stop early are said to be missing", async () => {
  const lines = await storyOf(...FIRST);
  const page = await open(browser, await filled({ story: lines.map((line) => JSON.stringify(line)).join("\n") }));
  await page.getByText("The fields of frame 1 are not in this file.").waitFor();
  const broken = await open(
    browser,
    await filled({
      story: lines.map((line) => JSON.stringify(line)).join("\n"),
      details: "1 64 AAAA",
    }),
  );
  await broken.getByText("cannot be unpacked").waitFor();
  assertQuiet(broken);
});
