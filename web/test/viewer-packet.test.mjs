// The linked panes of a packet: a field marks its bytes and bits, a byte and a bit choose their field; the state of
// both ends; the sightings of a packet of a scene.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertQuiet, launch, open } from "./browser.mjs";
import { page as pageOf } from "./pages.mjs";

const FIRST = ["fetch", "https://www.example.test/", "--seed", "1"];
const HOME = ["scene", "home"];

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const show = async (args, options) => {
  const page = await open(browser, (await pageOf(...args)).file, options);
  await page.locator("[role=treeitem]").first().waitFor();
  return page;
};
const field = (page, text) => page.locator("[role=treeitem]", { hasText: text });
const marked = (page) =>
  page.locator(".hex [role=gridcell].marked").evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.at)));
const chosen = (page) => page.locator("[role=treeitem][aria-selected=true]").innerText();
/** Waits until the chosen field has this text; and until this packet is shown. */
const choosing = (page, text) => page.locator("[role=treeitem][aria-selected=true]", { hasText: text }).waitFor();
const title = (page, text) => page.locator("#packet-title", { hasText: text }).waitFor();
const ownBits = (page) => page.locator(".bit.own").count();

test("a field marks its bytes, and a byte its field", async () => {
  const page = await show(FIRST, { hash: "#frame=6" });
  await field(page, "time to live").click();
  assert.deepEqual(await marked(page), [8]);
  assert.match(await page.locator(".status").innerText(), /byte 8 .*IPv4 › time to live = 64 .*\[RFC 791 §3\.1\]/);
  await page.locator("#byte-12").click();
  assert.match(await chosen(page), /^source address/);
  assert.deepEqual(await marked(page), [12, 13, 14, 15]);
  await page.locator("#byte-0").click();
  assert.match(await chosen(page), /version and header length/);
  assertQuiet(page);
});

test("bits: of a field, and a field of a bit", async () => {
  const page = await show(FIRST, { hash: "#frame=6" });
  await field(page, "flags and fragment offset").locator(".twisty").click();
  await field(page, "don't fragment").last().click();
  assert.equal(await ownBits(page), 1);
  assert.equal(await page.locator(".bit.own").innerText(), "1");
  assert.equal(await page.locator(".bit").count(), 16);
  assert.match(await page.locator(".status").innerText(), /bit 1 from byte 6/);
  await page.locator(".bit").nth(5).click();
  assert.match(await chosen(page), /^fragment offset/);
  assert.equal(await ownBits(page), 13);
  assert.deepEqual(await marked(page), [6, 7]);
  await page.locator(".bit").nth(5).press("Home");
  assert.match(await chosen(page), /^reserved/);
  await page.locator("#byte-0").click();
  assert.equal(await page.locator(".bit").count(), 8);
  await page.locator(".bit").nth(7).click();
  assert.match(await chosen(page), /^header length/);
  assert.equal(await ownBits(page), 4);
  assertQuiet(page);
});

test("arrows move in the bytes and in the tree, and not in the ladder", async () => {
  const page = await show(FIRST, { hash: "#frame=6" });
  await page.locator("[role=grid]").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator(".hex .caret").getAttribute("id"), "byte-16");
  assert.match(await chosen(page), /^destination address/);
  await page.keyboard.press("End");
  assert.equal(await page.locator(".hex .caret").getAttribute("id"), "byte-31");
  await page.locator("[role=treeitem][tabindex='0']").focus();
  await page.keyboard.press("Home");
  assert.match(await chosen(page), /IPv4/);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.locator("[role=treeitem][aria-selected=true]").getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.match(await chosen(page), /version and header length/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  assert.match(await chosen(page), /^version: 4|^version/);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-selected")), "true");
  assert.match(await page.locator("#packet-title").innerText(), /^Frame 6/);
  assertQuiet(page);
});

test("what is computed is marked, and has no bytes", async () => {
  const page = await show(FIRST, { hash: "#frame=6" });
  const computed = page.locator(".field.computed").first();
  assert.match(await computed.innerText(), /^\[header checksum: correct\]/);
  await computed.click();
  assert.deepEqual(await marked(page), []);
  assert.match(await page.locator(".status").innerText(), /^computed/);
  assertQuiet(page);
});

test("the pointer names what is under it", async () => {
  const page = await show(FIRST, { hash: "#frame=6" });
  await page.locator("#byte-9").hover();
  assert.match(await page.locator(".status").innerText(), /protocol = TCP/);
  await field(page, "total length").hover();
  assert.equal(await page.locator(".hex .hovered").count(), 2);
  assertQuiet(page);
});

test("sections are byte spaces of their own, and the field stays while stepping", async () => {
  const page = await show(FIRST, { hash: "#frame=6" });
  await page.getByRole("tab", { name: "TLS records" }).click();
  assert.match(await page.locator("[role=tree]").innerText(), /ClientHello|handshake/i);
  await page.getByRole("tab", { name: "IP packet" }).click();
  await field(page, "sequence number").click();
  await page.locator(".lines").focus();
  await page.keyboard.press("j");
  await title(page, "Frame 7");
  await choosing(page, "sequence number");
  assertQuiet(page);
});

test("the state of both ends, and what the packet changed", async () => {
  const page = await show(FIRST, { hash: "#frame=6" });
  const ends = page.locator(".ends");
  assert.match(await ends.innerText(), /snd\.nxt\s+1 → 218/);
  assert.match(await ends.innerText(), /WAIT_SH/);
  assert.ok((await ends.locator("td.changed").count()) >= 2);
  await page.keyboard.press("j");
  await page.locator(".secrets summary").click();
  assert.match(await page.locator(".secrets").innerText(), /\+ \w*HANDSHAKE_TRAFFIC_SECRET/);
  assertQuiet(page);
});

test("a packet of a scene is one line, and has its sightings", async () => {
  const page = await show(HOME);
  assert.match(await page.locator(".ladder-head").innerText(), /client\s+home\s+www\s+unseen/);
  const select = page.getByLabel("seen");
  const options = await select.locator("option").allInnerTexts();
  assert.deepEqual(
    options.map((option) => option.replace(/, [\d.]+ ms$/, "")),
    ["at client, frame 1", "at home (client-home), frame 2", "at home (home-isp), frame 3"],
  );
  await field(page, "source address").click();
  assert.match(await chosen(page), /192\.168\.1\.42/);
  await select.selectOption({ index: 2 });
  await choosing(page, "203.0.113.5");
  assert.equal(await page.evaluate(() => location.hash), "#frame=3");
  assert.match(await page.locator(".budget").innerText(), /client: GET \//);
  assertQuiet(page);
});
