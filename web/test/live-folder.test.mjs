// The page as a folder, served by `barewire serve`, compressed on the way: it works, and asks for nothing else.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { WEB } from "../build/bundle.mjs";
import { launch, lines, NATIVE, open, runs } from "./live-page.mjs";

let browser, server, url;

before(async () => {
  browser = await launch();
  server = spawn(NATIVE, ["serve", "--port", "0", "--page", path.join(WEB, "dist")]);
  const [said] = await once(server.stdout.setEncoding("utf8"), "data");
  url = /http:\S+/.exec(said)[0];
});

after(async () => {
  await browser?.close();
  server?.kill();
});

test("the folder works from a server, in two requests and less than 1.4 MB", async (t) => {
  const { page, end, requests } = await open(browser, { url });
  await runs(page, () => page.getByLabel("RTT").fill("80"));
  await lines(page).filter({ hasText: "ClientHello" }).click();
  await page.getByRole("treeitem").first().waitFor();
  const wanted = requests.filter((one) => !one.startsWith("blob:") && !one.endsWith("favicon.ico"));
  assert.deepEqual(wanted, [url, `${url}barewire.wasm`]);
  const bytes = await compressed(page);
  t.diagnostic(`served, gzipped: ${bytes.toLocaleString("en")} bytes`);
  assert.ok(bytes < 1_400_000);
  await end(requests.filter((one) => !one.startsWith("blob:")).length);
});

/** Bytes of both files as they went over the wire, with their heads. */
async function compressed(page) {
  const sizes = await page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter(({ name }) => name.startsWith("http"))
      .map(({ transferSize }) => transferSize),
  );
  assert.equal(sizes.length, 2);
  assert.ok(sizes.every((size) => size > 1000));
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("the policy of the folder lets the page ask its own server, and nobody else", async () => {
  const { page, wrong } = await open(browser, { url });
  const answers = await page.evaluate(async (own) => {
    const ask = (where) =>
      fetch(where).then(
        ({ status }) => status,
        () => "refused",
      );
    return [await ask(`${own}barewire.wasm`), await ask("http://127.0.0.2:9/")];
  }, url);
  assert.deepEqual(answers, [200, "refused"]);
  for (let tries = 0; tries < 50 && wrong.length < 2; tries += 1) await page.waitForTimeout(20);
  assert.ok(
    wrong.some((text) => text.includes("violates the following Content Security Policy")),
    wrong.join("\n"),
  );
  await page.context().close();
});

test("the folder opened from disk says what to do", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`file://${path.join(WEB, "dist/index.html")}`);
  await page.getByRole("alert").filter({ hasText: "Open barewire.html instead" }).waitFor();
  assert.equal(await page.locator(".tally").textContent(), "15 frames");
  await context.close();
});
