// What the live page says when there is something to say: remarks of the program, mistakes in links and in fields.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lines, launch, open, runs } from "./live-page.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const alerts = (page) => page.getByRole("alert");
const note = (page, text) => page.getByRole("note").filter({ hasText: text });

test("what the program says beside a picture is shown, without an alarm", async () => {
  const { page, end } = await open(browser, { hash: "#flags=-o -" });
  await note(page, "where the time went").waitFor();
  assert.equal(await alerts(page).count(), 0);
  assert.ok((await lines(page).count()) > 5);
  await end();
});

test("what the program prints where it makes no story is shown", async () => {
  for (const hash of ["#flags=--help", "#scene=--help"]) {
    const { page, end } = await open(browser, { hash });
    await note(page, "Usage: barewire").waitFor();
    assert.equal(await alerts(page).count(), 0);
    await end();
  }
});

test("a mistake is said once, and the browser has nothing to warn of", async () => {
  const { page, end } = await open(browser);
  const warnings = [];
  page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  await runs(page, () => page.evaluate(() => void (location.hash = "#rtt=abc")));
  await alerts(page).filter({ hasText: "The RTT is a number of milliseconds" }).waitFor();
  assert.equal(await alerts(page).count(), 1);
  assert.equal(await page.getByLabel("RTT").inputValue(), "abc");
  await runs(page, () => page.getByLabel("RTT").fill("90"));
  assert.equal(await alerts(page).count(), 0);
  assert.equal(await page.getByLabel("RTT").getAttribute("type"), "number");
  assert.deepEqual(warnings, []);
  await end();
});

test("what was said of a bad link is gone after Back", async () => {
  const { page, end } = await open(browser);
  await page.evaluate(() => void (location.hash = "#drop=x"));
  await alerts(page).filter({ hasText: "This link cannot be followed." }).waitFor();
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("[role=alert]") === null);
  assert.ok((await lines(page).count()) > 5);
  await end();
});

test("a bad link at first, then a good one to the first page: it is run", async () => {
  const { page, end } = await open(browser, { hash: "#drop=x" });
  await alerts(page).waitFor();
  await runs(page, () => page.evaluate(() => void (location.hash = "#")));
  assert.equal(await alerts(page).count(), 0);
  assert.ok((await lines(page).count()) > 5);
  await end();
});

test("control characters in a link are refused with a sentence", async () => {
  for (const hash of ["#fetch=https://www.example.test/%00", "#flags=-H%20a:%07", "#scene=home%0A"]) {
    const { page, end } = await open(browser, { hash });
    await alerts(page).filter({ hasText: "There is a control character, U+00" }).waitFor();
    assert.equal(await alerts(page).count(), 1);
    await end();
  }
});

test("no more is typed than a link can hold, and a link holds what was typed", async () => {
  const { page, end } = await open(browser, { hash: "#fetch=https://other.example.test/&delay=1:2.5" });
  for (const name of ["URL", "Flags"])
    assert.equal(await page.getByRole("textbox", { name, exact: true }).getAttribute("maxlength"), "2000");
  const delay = page.locator(".lv-chip input");
  for (const [typed, kept] of [
    ["1e-7", "0"],
    ["0.12345", "0.123"],
    ["1e21", "100000"],
    ["-5", "0"],
    ["1e2", "100"],
  ]) {
    await delay.fill(typed);
    await delay.press("Enter");
    await page.waitForFunction((ms) => location.hash.endsWith(`delay=1:${ms}`), kept);
    assert.equal(await delay.inputValue(), kept);
  }
  await page.reload();
  await page.getByRole("button", { name: "Mend: delay frame 1 by 100 ms" }).waitFor();
  assert.equal(await page.getByText("This link cannot be followed.").count(), 0);
  await end(2);
});

test("a hundred things can be broken, and no more; what a frame number means is said", async () => {
  const hash = `#${Array.from({ length: 99 }, (_, at) => `flip=1:${at + 8}`).join("&")}`;
  const { page, end } = await open(browser, { hash });
  await page.getByText("frame numbers count in the run as it is now broken").waitFor();
  await lines(page).first().click();
  await runs(page, () => page.getByRole("button", { name: "Drop this packet" }).click());
  assert.equal(await page.locator(".lv-chips .lv-chip").count(), 100);
  await page.getByRole("button", { name: "Delay it by 100 ms" }).click();
  await alerts(page).filter({ hasText: "At most 100 things can be broken in one run." }).waitFor();
  const chips = await page.locator(".lv-chips .lv-chip").allTextContents();
  assert.deepEqual([chips.length, chips[0], chips[99]], [100, "flip bit 8 of frame 1×", "drop frame 1×"]);
  await end();
});
