// What is taken away from the live page: captures, pages, texts, command lines, links.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, lines, NATIVE, open, runs, saved, scratch, TREE } from "./live-page.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const save = (page, name) =>
  saved(page, page.getByRole("group", { name: "Save" }).getByRole("button", { name, exact: true }));

test("the capture that is saved is one that tshark reads, and decrypts", async () => {
  const { page, end } = await open(browser, { hash: "#rtt=80" });
  const { name, bytes } = await save(page, "pcapng");
  assert.equal(name, "fetch-www-example-test.pcapng");
  const file = path.join(scratch(), name);
  fs.writeFileSync(file, bytes);
  const quiet = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
  const tshark = (...words) => execFileSync("tshark", ["-r", file, ...words], quiet);
  const frames = tshark().trim().split("\n").length;
  assert.equal(frames, 15);
  assert.equal(tshark("-Y", "http.request", "-T", "fields", "-e", "http.request.method").trim(), "GET");
  await end();
});

test("the text that is saved is what the program prints: every scene, byte for byte", async (t) => {
  const { page, end } = await open(browser);
  const folder = path.join(TREE, "examples/tests/scenes");
  const scenes = fs.readdirSync(folder).map((file) => path.basename(file, ".txt"));
  const offered = page.locator("option[value^='scene:']");
  const listed = await offered.evaluateAll((all) => all.map((one) => one.value.slice(6)));
  assert.deepEqual([...listed].sort(), [...scenes].sort());
  for (const scene of scenes) {
    await runs(page, () => page.getByLabel("Show").selectOption(`scene:${scene}`));
    const { name, bytes } = await save(page, "Text");
    assert.equal(name, `scene-${scene.replaceAll("_", "-")}.txt`);
    assert.ok(bytes.equals(fs.readFileSync(path.join(folder, `${scene}.txt`))), scene);
  }
  t.diagnostic(`${scenes.length} scenes`);
  await end();
});

for (const words of [
  [],
  ["--rtt", "80", "--loss", "5", "--seed", "7"],
  ["--drop", "7", "--flip", "6:9"],
  ["--close", "203.0.113.80:443"],
]) {
  test(`the text of a fetch is what the program prints on this machine: ${words.join(" ")}`, async () => {
    const hash = `#${words.join("=").replaceAll("=--", "&").replace("--", "")}`;
    const { page, end } = await open(browser, { hash });
    const { bytes } = await save(page, "Text");
    const url = "https://www.example.test/";
    let native;
    try {
      native = execFileSync(NATIVE, ["fetch", url, ...words], { stdio: ["ignore", "pipe", "ignore"], env: {} });
    } catch (error) {
      native = error.stdout;
    }
    assert.equal(bytes.toString(), native.toString());
    await end();
  });
}

test("the page that is saved shows the same story, without a request and without an error", async () => {
  const { page, context, end } = await open(browser, { hash: "#drop=7" });
  const { name, bytes } = await save(page, "HTML");
  assert.equal(name, "fetch-www-example-test.html");
  const file = path.join(scratch(), name);
  fs.writeFileSync(file, bytes);
  const other = await context.newPage();
  const wrong = [];
  other.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await other.goto(`file://${file}`);
  await lines(other).filter({ hasText: "tail loss probe" }).waitFor();
  assert.equal(await other.locator(".tally").textContent(), "18 frames");
  assert.deepEqual(wrong, []);
  await end(2);
});

test("a file that a flag asks for can be saved", async () => {
  const { page, end } = await open(browser, { hash: "#flags=-o body.html" });
  const { name, bytes } = await save(page, "body.html");
  assert.equal(name, "body.html");
  assert.match(bytes.toString(), /^<!doctype html>/);
  await end();
});

test("the command line that is copied does the same on this machine", async () => {
  const hash = "#fetch=https://www.example.test/large&rtt=120&seed=4&flags=-H 'a: b'";
  const { page, end } = await open(browser, { hash });
  await page.locator(".lv-command").getByRole("button").click();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(line, "barewire fetch https://www.example.test/large --rtt 120 --seed 4 -H 'a: b'");
  const { bytes } = await save(page, "Text");
  const native = execFileSync("bash", ["--norc", "-c", line.replace("barewire", NATIVE)], { env: {} });
  assert.equal(bytes.toString(), native.toString());
  await end();
});

test("a link brings everything back: settings, breakages in their order, the packet that is looked at", async () => {
  const { page, end } = await open(browser);
  await runs(page, () => page.getByLabel("RTT").fill("80"));
  await lines(page).filter({ hasText: "ServerHello" }).first().click();
  await runs(page, () => page.getByRole("button", { name: "Drop this packet" }).click());
  await runs(page, () => page.getByLabel("Flags").fill("-H 'x: 1&2'"));
  await lines(page).filter({ hasText: "ServerHello" }).first().click();
  await page.getByRole("button", { name: "Link", exact: true }).click();
  const link = await page.getByLabel("Link to these settings").inputValue();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  const line = await page.getByLabel("Command line").textContent();
  const title = await page.locator("#packet-title").textContent();
  const text = (await save(page, "Text")).bytes;
  await end();
  const again = await open(browser, { url: link });
  await lines(again.page).first().waitFor();
  assert.equal(await again.page.getByLabel("Command line").textContent(), line);
  assert.equal(await again.page.locator("#packet-title").textContent(), title);
  assert.ok((await save(again.page, "Text")).bytes.equals(text));
  // Another link in the same page.
  await runs(again.page, () => again.page.evaluate(() => (location.hash = "#scene=proxy&frame=3")));
  assert.equal(await again.page.getByLabel("Command line").textContent(), "barewire scene proxy");
  await again.end();
});

test("a link that cannot be followed says so", async () => {
  const { page, end } = await open(browser, { hash: "#drop=everything" });
  await page.getByRole("alert").filter({ hasText: "This link cannot be followed" }).waitFor();
  await runs(page, () => page.getByRole("button", { name: "Run", exact: true }).click());
  assert.equal(await page.locator(".tally").textContent(), "15 frames");
  await end();
});
