// The engine in a browser: one run at a time, newer runs, cancelled runs, runs that break off, equal runs.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { bundle, WEB } from "../build/bundle.mjs";
import { readModule } from "../build/wasm.mjs";
import { launch, scratch } from "./live-page.mjs";

/** Modules whose _start is `unreachable`, and a loop without an end. */
const moduleOf = (code) => [
  0x00,
  0x61,
  0x73,
  0x6d,
  1,
  0,
  0,
  0,
  1,
  4,
  1,
  0x60,
  0,
  0,
  3,
  2,
  1,
  0,
  5,
  3,
  1,
  0,
  1,
  7,
  0x13,
  2,
  6,
  ...Buffer.from("memory"),
  2,
  0,
  6,
  ...Buffer.from("_start"),
  0,
  0,
  10,
  code.length + 4,
  1,
  code.length + 2,
  0,
  ...code,
  0x0b,
];
const UNREACHABLE = moduleOf([0x00]);
const ENDLESS = moduleOf([0x03, 0x40, 0x0c, 0, 0x0b]);

const folder = scratch();
let browser, page;

before(async () => {
  const worker = await bundle("src/engine/worker.ts");
  const entry = path.join(folder, "entry.ts");
  fs.writeFileSync(
    entry,
    `
    import { Engine } from ${JSON.stringify(path.join(WEB, "src/engine/index.ts"))};
    globalThis.makeEngine = (bytes, limit) =>
      new Engine(WebAssembly.compile(bytes), ${JSON.stringify(worker.script)}, limit);`,
  );
  const { script } = await bundle(entry);
  const wasm = readModule(path.join(WEB, "dist/barewire.wasm")).toString("base64");
  fs.writeFileSync(
    path.join(folder, "page.html"),
    "<!doctype html><meta charset=utf-8><title>engine</title>" +
      `<script type="text/plain" id="wasm">${wasm}</script><script>${script}</script>`,
  );
  browser = await launch();
  page = await browser.newPage();
  await page.goto(`file://${folder}/page.html`);
  await page.evaluate(() => {
    globalThis.engine = makeEngine(Uint8Array.fromBase64(document.getElementById("wasm").textContent));
    globalThis.text = (bytes) => new TextDecoder().decode(bytes);
  });
});

after(() => browser?.close());

test("a run gives its output, its exit code and its files", async () => {
  const done = await page.evaluate(async () => {
    const args = ["fetch", "--pcapng", "a", "https://expired.example.test/"];
    const { code, stdout, stderr, files } = await engine.run({ args });
    const magic = [...files.get("a").slice(0, 4)];
    return { code, stdout: text(stdout), stderr: text(stderr), files: [...files.keys()], magic };
  });
  assert.equal(done.code, 60);
  assert.match(done.stdout, /^fetch https:\/\/expired/);
  assert.match(done.stderr, /^barewire: \(60\)/);
  assert.deepEqual([done.files, done.magic], [["a"], [0x0a, 0x0d, 0x0d, 0x0a]]);
});

test("equal runs are equal to the byte, keys included; another seed has other keys", async () => {
  const [one, same, other] = await page.evaluate(async () => {
    const args = ["fetch", "--pcapng", "a"];
    const all = [];
    for (const seed of [1n, 1n, 2n]) {
      const { files } = await engine.run({ args, seed });
      all.push(files.get("a").toBase64());
    }
    return all;
  });
  assert.equal(one, same);
  assert.notEqual(one, other);
});

test("its output is no terminal: there are no colours in it", async () => {
  const stdout = await page.evaluate(async () => text((await engine.run({ args: ["fetch"] })).stdout));
  assert.match(stdout, /where the time went/);
  assert.doesNotMatch(stdout, /\x1b/);
});

test("of the waiting runs of a slot only the newest is run", async () => {
  const ends = await page.evaluate(() =>
    Promise.all(
      [1, 2, 3, 4].map((n) =>
        engine.run({ args: ["fetch", "--rtt", `${n}`], slot: "run" }).then(
          ({ code }) => code,
          (error) => error.why,
        ),
      ),
    ),
  );
  assert.deepEqual([ends.at(-1), ends.filter((end) => end === "newer").length >= 2], [0, true]);
});

test("runs without a slot are all run, in their order", async () => {
  const order = await page.evaluate(async () => {
    const ended = [];
    await Promise.all([1, 2, 3].map((n) => engine.run({ args: ["scenes"] }).then(() => ended.push(n))));
    return ended;
  });
  assert.deepEqual(order, [1, 2, 3]);
});

test("a program that breaks off says so, and the next run works", async () => {
  const [broken, again] = await page.evaluate(async (bytes) => {
    const bad = makeEngine(Uint8Array.from(bytes));
    const { code, broken } = await bad.run({ args: [] });
    return [[code, broken], (await engine.run({ args: ["scenes"] })).code];
  }, UNREACHABLE);
  assert.equal(broken[0], null);
  assert.match(broken[1], /unreachable/);
  assert.equal(again, 0);
});

test("a run without an end is stopped by the limit, by a newer one, and when asked", async () => {
  const ends = await page.evaluate(async (bytes) => {
    const endless = makeEngine(Uint8Array.from(bytes), 400);
    const why = (run) =>
      run.then(
        () => "ended",
        (error) => error.why,
      );
    const limit = await why(endless.run({ args: [], slot: "a" }));
    const asked = why(endless.run({ args: [], slot: "a" }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    endless.cancel("a");
    const older = why(endless.run({ args: [], slot: "a" }));
    await new Promise((resolve) => setTimeout(resolve, 350));
    const newer = why(endless.run({ args: [], slot: "a" }));
    return [limit, await asked, await older, await newer];
  }, ENDLESS);
  assert.deepEqual(ends, ["limit", "asked", "newer", "limit"]);
});

test("a file is read piece by piece, wherever the pieces end", async () => {
  const [small, same] = await page.evaluate(async () => {
    const { files } = await engine.run({
      args: ["fetch", "--pcapng", "a", "https://www.example.test/bytes/3000000"],
    });
    const capture = files.get("a");
    const run = (blob) => engine.run({ args: ["read", "a"], files: new Map([["a", blob]]) });
    const whole = await run(new Blob([capture]));
    const parts = await run(new Blob([capture.slice(0, 1_048_577), capture.slice(1_048_577)]));
    return [text(whole.stdout).length, text(whole.stdout) === text(parts.stdout)];
  });
  assert.ok(small > 1000);
  assert.equal(same, true);
});

test("an input cannot be written, and a file that is not there is a failure", async () => {
  const [into, missing] = await page.evaluate(async () => {
    const files = new Map([["c", new Blob(["x"])]]);
    const one = await engine.run({ args: ["fetch", "--pcapng", "c"], files });
    const two = await engine.run({ args: ["read", "nothing"] });
    return [one, two].map(({ code, stderr }) => [code, text(stderr)]);
  });
  assert.notEqual(into[0], 0);
  assert.equal(missing[0], 26);
  assert.match(missing[1], /No such file/);
});
