// The live page in a browser, for its tests: opened from its file, with everything watched that must not happen.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { WEB } from "../build/bundle.mjs";

export const SINGLE = path.join(WEB, "dist/barewire.html");
export const TREE = path.join(WEB, "..");
/** The program as built for this machine; tests compare what the page says with what it prints. */
export const NATIVE =
  process.env.BAREWIRE ?? path.resolve(TREE, process.env.CARGO_TARGET_DIR ?? "target", "debug/barewire");
const AXE = path.join(WEB, "node_modules/axe-core/axe.min.js");

export function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--enable-precise-memory-info"] });
}

/** A folder for the files of a test. */
export function scratch() {
  return fs.mkdtempSync(path.join(os.tmpdir(), "barewire-live-"));
}

/** Opens the page. `end()` closes it, and fails when there was an error, a violation or a request. */
export async function open(browser, { hash = "", url = `file://${SINGLE}`, size = [1280, 800], more = {} } = {}) {
  const context = await browser.newContext({
    viewport: { width: size[0], height: size[1] },
    permissions: ["clipboard-read", "clipboard-write"],
    ...more,
  });
  const page = await context.newPage();
  const [wrong, requests] = [[], []];
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  context.on("request", (request) => requests.push(request.url()));
  await page.goto(url + hash);
  await ready(page);
  const end = async (expected = 1) => {
    assert.deepEqual(wrong, []);
    const sent = requests.filter((one) => !one.startsWith("blob:"));
    assert.equal(sent.length, expected, sent.join("\n"));
    await context.close();
  };
  return { page, context, wrong, requests, end };
}

export async function ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.ready !== undefined);
  await page.waitForFunction(() => document.documentElement.dataset.engine === "ready");
}

/** The lines of the ladder that are in the document. */
export function lines(page) {
  return page.locator("[role=option]");
}

/** Does something, and waits until the run that follows is drawn; its milliseconds. */
export async function runs(page, act) {
  const before = await page.evaluate(() => {
    globalThis.began = performance.now();
    return Number(document.documentElement.dataset.runs);
  });
  await act();
  const mark = await page.waitForFunction(
    (count) =>
      Number(document.documentElement.dataset.runs) > count &&
      performance.getEntriesByName(`run-${document.documentElement.dataset.runs}`)[0]?.startTime,
    before,
    { polling: 10 },
  );
  return (await mark.jsonValue()) - (await page.evaluate(() => globalThis.began));
}

/** Gives files to the page as if they were dropped on it. */
export async function drop(page, files) {
  const data = files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString("base64")]);
  const transfer = await page.evaluateHandle((list) => {
    const found = new DataTransfer();
    for (const [name, text] of list) found.items.add(new File([Uint8Array.fromBase64(text)], name));
    return found;
  }, data);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

export function capture(where, name) {
  const file = `${name}.pcapng`;
  return { name: file, bytes: fs.readFileSync(path.join(TREE, where, "tests/captures", file)) };
}

/** Clicks what saves a file; the saved bytes and their name. */
export async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) };
}

/** What axe finds of serious violations. */
export async function serious(page) {
  await page.evaluate(fs.readFileSync(AXE, "utf8"));
  return page.evaluate(() =>
    globalThis.axe.run().then(({ violations }) =>
      violations
        .filter(({ impact }) => /serious|critical/.test(impact))
        .map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .slice(0, 3)
              .map((node) => node.html)
              .join(" ")}`,
        ),
    ),
  );
}

/** The largest memory that any renderer of the browser had, in MB: WebAssembly's is in it. */
export async function memory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const most = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      const status = fs.readFileSync(`/proc/${id}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000;
    });
  return Math.max(...most);
}
