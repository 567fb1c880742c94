// The HAR that the program writes: by the schema of others, and in the network panel of a browser.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import { launch } from "./browser.mjs";

const TREE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const BAREWIRE = process.env.BAREWIRE ?? path.join(TREE, "target/debug/barewire");
const CAPTURES = path.join(TREE, "http1/tests/captures");

/** Runs the program with --har; the text of the file. */
function written(args) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "barewire-har-"));
  const file = path.join(folder, "t.har");
  try {
    const { stderr, status } = spawnSync(BAREWIRE, [...args, "--har", file], { encoding: "utf8" });
    assert.ok(status === 0 || status === 1, `barewire ${args.join(" ")}: ${status} ${stderr}`);
    return fs.readFileSync(file, "utf8");
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function validator() {
  const require = createRequire(import.meta.url);
  const formats = {
    ipv4: net.isIPv4,
    ipv6: net.isIPv6,
    uri: (text) => URL.canParse(text),
    "date-time": (text) => !Number.isNaN(Date.parse(text)),
  };
  const ajv = new Ajv({ strict: false, formats });
  ajv.addMetaSchema(require("ajv/dist/refs/json-schema-draft-06.json"));
  for (const schema of Object.values(require("har-schema"))) ajv.addSchema(schema);
  return { ajv, validate: ajv.getSchema("har.json#") };
}

test("every HAR keeps to the schema", () => {
  const { ajv, validate } = validator();
  const captures = fs.readdirSync(CAPTURES).filter((name) => name.endsWith(".pcapng"));
  assert.ok(captures.length > 8, `${captures.length} captures`);
  const runs = [
    ["fetch", "-L", "https://www.example.test/redirect/2"],
    ["fetch", "-d", "a=b", "https://www.example.test/echo"],
    ...captures.map((name) => ["read", path.join(CAPTURES, name)]),
  ];
  for (const run of runs) {
    const har = JSON.parse(written(run));
    assert.ok(validate(har), `${run.join(" ")}: ${ajv.errorsText(validate.errors)}`);
    delete har.log.creator;
    assert.ok(!validate(har), "a log without its creator is refused");
  }
});

test("the network panel opens it, with the times of the packets", async () => {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto("devtools://devtools/bundled/devtools_app.html");
    const shown = await page.evaluate(
      async (text) => {
        const network = await import("devtools://devtools/bundled/panels/network/network.js");
        const logs = await import("devtools://devtools/bundled/models/logs/logs.js");
        const file = new File([text], "t.har", { type: "application/json" });
        await network.NetworkPanel.NetworkPanel.instance().networkLogView.onLoadFromFile(file);
        const log = logs.NetworkLog.NetworkLog.instance();
        for (let tries = 0; tries < 100 && log.requests().length < 2; tries += 1) {
          await new Promise((done) => setTimeout(done, 50));
        }
        return log.requests().map((request) => ({
          url: request.url(),
          status: request.statusCode,
          remote: request.remoteAddress(),
          dns: Math.round(request.timing.dnsEnd - request.timing.dnsStart),
          connect: Math.round(request.timing.connectEnd - request.timing.connectStart),
          ssl: Math.round(request.timing.sslEnd - request.timing.sslStart),
          ms: Math.round((request.endTime - request.startTime) * 1000),
        }));
      },
      written(["fetch", "-L", "https://www.example.test/redirect/1"]),
    );
    const remote = "203.0.113.80:443";
    const [first, second] = shown;
    const url = "https://www.example.test/redirect/1";
    assert.deepEqual(first, { url, status: 302, remote, dns: 10, connect: 100, ssl: 50, ms: 160 });
    assert.deepEqual([second.url, second.status, second.remote], ["https://www.example.test/", 200, remote]);
  } finally {
    await browser.close();
  }
});
