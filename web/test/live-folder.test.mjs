// The page as a folder on a server of static files, compressed on the way: it works, and asks for nothing else.

import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import zlib from "node:zlib";
import { after, before, test } from "node:test";
import { WEB } from "../build/bundle.mjs";
import { launch, lines, open, runs } from "./live-page.mjs";

const TYPES = { ".html": "text/html", ".wasm": "application/wasm" };
let browser, server, url;
const sent = new Map();

before(async () => {
  browser = await launch();
  server = http.createServer((request, answer) => {
    const name = request.url === "/" ? "/index.html" : request.url;
    const file = path.join(WEB, "dist", path.basename(name));
    if (!["/index.html", "/barewire.wasm"].includes(name)) {
      answer.writeHead(404).end();
      return;
    }
    const body = zlib.gzipSync(fs.readFileSync(file), { level: 9 });
    sent.set(name, body.length);
    answer.writeHead(200, { "content-type": TYPES[path.extname(name)], "content-encoding": "gzip" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/`;
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("the folder works from a server, in two requests and less than 1.3 MB", async (t) => {
  const { page, end, requests } = await open(browser, { url });
  await runs(page, () => page.getByLabel("RTT").fill("80"));
  await lines(page).filter({ hasText: "ClientHello" }).click();
  await page.getByRole("treeitem").first().waitFor();
  const wanted = requests.filter((one) => !one.startsWith("blob:") && !one.endsWith("favicon.ico"));
  assert.deepEqual(wanted, [url, `${url}barewire.wasm`]);
  const bytes = [...sent.values()].reduce((sum, size) => sum + size, 0);
  t.diagnostic(`served, gzipped: ${bytes.toLocaleString("en")} bytes`);
  assert.ok(bytes < 1_300_000);
  await end(requests.filter((one) => !one.startsWith("blob:")).length);
});

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
