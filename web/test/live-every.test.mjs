// Every capture of the tree in the live page: one page, one capture after the other, and a picture of each.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, lines, open, runs, TREE } from "./live-page.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

function captures() {
  const folders = fs.readdirSync(TREE).map((name) => path.join(TREE, name, "tests/captures"));
  return folders
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)))
    .filter((file) => file.endsWith(".pcapng"));
}

test("every capture of the tree is opened, and has a picture", async (t) => {
  const files = captures();
  assert.ok(files.length > 40, `${files.length} captures`);
  const { page, end } = await open(browser);
  const wrong = [];
  for (const file of files) {
    await runs(page, () => page.setInputFiles("input[type=file]", file));
    const name = path.relative(TREE, file);
    assert.equal(await page.locator(".lv-setup .lv-name bdi").textContent(), path.basename(file));
    const alerts = await page.getByRole("alert").allTextContents();
    if (alerts.length > 0 || (await lines(page).count()) === 0) wrong.push(`${name}: no picture. ${alerts}`);
    else await page.getByRole("treeitem").first().waitFor();
  }
  assert.deepEqual(wrong, []);
  t.diagnostic(`${files.length} captures`);
  await end();
});
