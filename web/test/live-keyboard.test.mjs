// The live page without a pointer: everything by the keyboard alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, lines, open, runs } from "./live-page.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const focused = (page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    if (element === document.body) return "";
    return element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  });

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page, name, key = "Tab") {
  for (let steps = 0; steps < 150; steps += 1) {
    if (name.test((await focused(page)).trim())) return;
    await page.keyboard.press(key);
  }
  assert.fail(`no way to ${name} by ${key}; the focus is on ${await focused(page)}`);
}

test("step, look, break, compare, save and link by the keyboard alone", async () => {
  const { page, end } = await open(browser);
  // Choosers are caught from here on.
  const chooser = page.waitForEvent("filechooser", { timeout: 0 });
  // Another path.
  await tabTo(page, /^RTT/);
  await runs(page, async () => {
    await page.keyboard.press("Control+a");
    await page.keyboard.type("80");
  });
  // Letters that are keys of the viewer are letters in a field.
  await tabTo(page, /^Flags/);
  await runs(page, () => page.keyboard.type("-v"));
  assert.equal(await page.getByLabel("Flags").inputValue(), "-v");
  // To the ladder, and through it.
  await tabTo(page, /^packets$/);
  for (let step = 0; step < 6; step += 1) await page.keyboard.press("j");
  await page.getByRole("heading", { name: /^Frame 7/ }).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.getByRole("heading", { name: /^Frame 6/ }).waitFor();
  await page.keyboard.press("j");
  // Kept, then broken by one key.
  await tabTo(page, /^Keep this run/, "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, /^packets/);
  await runs(page, () => page.keyboard.press("d"));
  assert.equal(
    await page.getByLabel("Command line").textContent(),
    "barewire fetch https://www.example.test/ --rtt 80 --drop 7 -v",
  );
  await lines(page).filter({ hasText: "tail loss probe" }).first().waitFor();
  // Fields, bytes, bits of a packet.
  await page.keyboard.press("Home");
  await page.getByRole("tab", { name: /^DNS message/ }).waitFor();
  assert.match(await focused(page), /^packets/, "the focus stays in the ladder when a second one comes beside it");
  await tabTo(page, /IPv4/);
  for (const key of ["ArrowRight", "ArrowRight", "ArrowDown"]) await page.keyboard.press(key);
  await page.locator(".hex .marked").first().waitFor();
  await tabTo(page, /^bytes$/);
  for (const key of ["Home", "ArrowRight"]) await page.keyboard.press(key);
  await tabTo(page, /^bit \d is/);
  await page.keyboard.press("ArrowRight");
  await tabTo(page, /^Flip bit/);
  await runs(page, () => page.keyboard.press("Enter"));
  assert.match(await page.getByLabel("Command line").textContent(), /--flip 1:\d+ -v$/);
  // Mended, undone, saved, linked.
  await tabTo(page, /^Mend: drop frame 7/, "Shift+Tab");
  await runs(page, () => page.keyboard.press("Enter"));
  await tabTo(page, /^Undo/);
  await runs(page, () => page.keyboard.press("Enter"));
  await tabTo(page, /^pcapng/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.match(download.suggestedFilename(), /\.pcapng$/);
  await tabTo(page, /^Link$/);
  await page.keyboard.press("Enter");
  await page.getByLabel("Link to these settings").waitFor();
  await page.keyboard.press("Escape");
  // A scene, by letters in the list.
  await tabTo(page, /^Show/, "Shift+Tab");
  await runs(page, () => page.keyboard.type("proxy"));
  assert.match(await page.getByLabel("Command line").textContent(), /^barewire scene proxy/);
  // The chooser of files is reached, and opens.
  await tabTo(page, /^Open a capture/, "Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal((await chooser).isMultiple(), true);
  await end();
});
