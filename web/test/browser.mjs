// What the browser tests share: Chromium without a network, and everything a page must not do, gathered: console
// errors, exceptions, requests, and violations of the Content-Security-Policy.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts Chromium; CHROMIUM names another program than Debian's. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--enable-precise-memory-info"],
  });
}

/** Opens a file as a page. `options` are those of a browser context, and `hash`. */
export async function open(browser, file, options = {}) {
  const { hash = "", wait = true, ...context } = options;
  const own = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true, ...context });
  const page = await own.newPage();
  const seen = { errors: [], requests: [], violations: [] };
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("dialog", (dialog) => {
    seen.errors.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  own.on("request", (request) => seen.requests.push(request.url()));
  if (context.javaScriptEnabled !== false) {
    await page.exposeFunction("__violation", (text) => seen.violations.push(text));
    await page.addInitScript(() =>
      addEventListener("securitypolicyviolation", (event) =>
        globalThis.__violation(`${event.violatedDirective} ${event.blockedURI}`),
      ),
    );
  }
  await page.goto(pathToFileURL(file).href + hash);
  if (wait && context.javaScriptEnabled !== false) await ready(page);
  page.seen = seen;
  return page;
}

/** Waits until the page says that it is drawn, and gives what it says. */
export async function ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.ready);
  return page.evaluate(() => document.documentElement.dataset.ready);
}

/** A page that has done nothing it must not do. `requests`: how many it may have made. */
export function assertQuiet(page, requests = 1) {
  assert.deepEqual(page.seen.errors, []);
  assert.deepEqual(page.seen.violations, []);
  const asked = page.seen.requests.filter((url) => !/^(blob|data):/.test(url));
  assert.equal(asked.length, requests, `requests: ${asked.join(" ")}`);
}

/** The serious and critical findings of axe-core, with their elements; `within` says where, as axe does. */
export async function axe(page, within) {
  await page.evaluate(AXE);
  return page.evaluate(async (within) => {
    const { violations } = await globalThis.axe.run(within ?? document);
    const about = (node) => `${node.target} ${node.html.slice(0, 150)}`;
    return violations
      .filter(({ impact }) => /serious|critical/.test(impact))
      .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 5).map(about).join(" | ")}`);
  }, within);
}

/** Whether the page can be scrolled sideways. */
export function overflows(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}

/** Does something in all four forms: two widths, light and dark. */
export async function inAllForms(page, what) {
  for (const width of [1280, 400]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(100);
      await what(`${width}-${colorScheme}`);
    }
  }
}
