// What a reader breaks on the live page, and two runs side by side.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, lines, open, runs } from "./live-page.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const packet = (page, text) => lines(page).filter({ hasText: text }).first();
const button = (page, name) => page.getByRole("button", { name });
const chips = async (page) => {
  const texts = await page.locator(".lv-chips .lv-chip").allTextContents();
  return texts.map((text) => text.replace("×", ""));
};
const command = (page) => page.getByLabel("Command line").textContent();

test("a packet is dropped: it ends in a cross, and it is sent again; it can be let through", async () => {
  const { page, end } = await open(browser);
  await packet(page, "ServerHello").click();
  await runs(page, () => button(page, "Drop this packet").click());
  assert.deepEqual(await chips(page), ["drop frame 7"]);
  assert.ok((await lines(page).filter({ hasText: "lost" }).count()) > 0);
  await packet(page, "tail loss probe").waitFor();
  await runs(page, () => button(page, "Mend: drop frame 7").click());
  assert.deepEqual(await chips(page), []);
  assert.equal(await packet(page, "tail loss probe").count(), 0);
  await end();
});

test("a bit is flipped: the checksum finds it", async () => {
  const { page, end } = await open(browser);
  await packet(page, "ClientHello").click();
  await page.getByRole("treeitem").first().waitFor();
  await page.locator("#byte-1").click();
  await page.getByRole("button", { name: /^bit 1 is 0/ }).click();
  await runs(page, () => button(page, "Flip bit 9").click());
  assert.deepEqual(await chips(page), ["flip bit 9 of frame 6"]);
  await packet(page, "checksum wrong").waitFor();
  await end();
});

test("a packet is delayed, by as much as is wanted", async () => {
  const { page, end } = await open(browser);
  await packet(page, "ClientHello").click();
  await runs(page, () => button(page, "Delay it by 100 ms").click());
  assert.equal(await command(page), "barewire fetch https://www.example.test/ --delay 6:100");
  await packet(page, "held back by 100 ms").waitFor();
  const input = page.locator(".lv-chip input");
  await runs(page, () => input.fill("130").then(() => input.press("Enter")));
  await packet(page, "held back by 130 ms").waitFor();
  await end();
});

test("a port is closed: a reset answers", async () => {
  const { page, end } = await open(browser);
  await runs(page, () => page.getByLabel("Close a port").selectOption("203.0.113.80:443"));
  assert.deepEqual(await chips(page), ["close 203.0.113.80:443"]);
  await packet(page, "RST ACK").waitFor();
  await page.getByText("exit code 7").waitFor();
  await packet(page, "RST ACK").click();
  await runs(page, () => button(page, "Open 203.0.113.80:443 again").click());
  assert.equal(await page.locator(".tally").textContent(), "15 frames");
  await end();
});

test("changes are taken back one by one, by button and by key", async () => {
  const { page, end } = await open(browser);
  await packet(page, "ServerHello").click();
  await runs(page, () => button(page, "Drop this packet").click());
  await runs(page, () => page.getByLabel("RTT").fill("80"));
  await runs(page, () => page.getByLabel("Close a port").selectOption("10.0.0.53:53"));
  assert.deepEqual(await chips(page), ["drop frame 7", "close 10.0.0.53:53"]);
  await runs(page, () => button(page, "Undo").click());
  assert.deepEqual(await chips(page), ["drop frame 7"]);
  await page.locator("h1").first().click();
  await runs(page, () => page.keyboard.press("Control+z"));
  assert.equal(await page.getByLabel("RTT").inputValue(), "50");
  await runs(page, () => page.keyboard.press("Control+z"));
  assert.deepEqual(await chips(page), []);
  assert.equal(await button(page, "Undo").isDisabled(), true);
  await end();
});

test("two runs with the same settings are equal to the byte; with another seed they differ", async () => {
  const { page, end } = await open(browser);
  await runs(page, () => page.getByLabel("RTT").fill("80"));
  await button(page, "Keep this run").click();
  await runs(page, () => button(page, /^Run$/).click());
  await page.getByText("equal to the byte").waitFor();
  assert.equal(await page.getByRole("listbox", { name: "packets of both sides" }).count(), 1);
  await runs(page, () => page.getByLabel("Seed").fill("2"));
  await page.getByText(/of [\d,]+ bytes of the capture differ/).waitFor();
  await lines(page).filter({ hasText: "ClientHello" }).click();
  await page.locator(".bytes .differs").first().waitFor();
  await runs(page, () => button(page, "Back to its settings").click());
  await page.getByText("equal to the byte").waitFor();
  await button(page, "Stop comparing").click();
  assert.equal(await page.getByRole("listbox", { name: "packets", exact: true }).count(), 1);
  await end();
});

test("a broken run beside one that is whole: what differs is marked", async () => {
  const { page, end } = await open(browser);
  await packet(page, "ServerHello").click();
  await button(page, "Keep this run").click();
  await runs(page, () => button(page, "Drop this packet").click());
  await page.getByText(/captures of [\d,]+ and [\d,]+ bytes/).waitFor();
  assert.ok((await page.locator(".pair-own-only").count()) > 0, "packets that are only in this run");
  assert.deepEqual(await page.locator(".side-name").allTextContents(), ["kept", "now"]);
  // What can be done is done to the run of now.
  await page.locator(".pair-own-only").first().click();
  await runs(page, () => button(page, "Delay it by 100 ms").click());
  assert.equal((await chips(page)).length, 2);
  await end();
});

test("a scene is broken too, at the hop that is meant", async () => {
  const { page, end } = await open(browser, { hash: "#scene=home" });
  await lines(page).first().waitFor();
  await packet(page, "A? www.example.test").click();
  await runs(page, () => button(page, "Drop this packet").click());
  assert.deepEqual(await chips(page), ["drop frame 1"]);
  await packet(page, "no answer after").waitFor();
  await end();
});
