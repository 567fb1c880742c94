// Every report that the program writes keeps to story.schema.json: of every scene, of fetches that succeed and fail,
// and of every capture in the tree, with rows in full.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";

const WEB = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const TREE = path.dirname(WEB);
const BAREWIRE = process.env.BAREWIRE ?? path.join(TREE, "target/debug/barewire");

const schema = JSON.parse(fs.readFileSync(path.join(WEB, "story.schema.json"), "utf8"));
// Most lines are rows; a validator for each kind says what is wrong with a line, where "oneOf" would say nine things.
const ajv = new Ajv({ allErrors: false, strict: true, strictTypes: false, strictRequired: false });
ajv.addSchema(schema, "story");
const DEFINITIONS = { wait: "waitLine" };
const validators = new Map();

function validator(kind) {
  if (!validators.has(kind)) {
    validators.set(kind, ajv.getSchema(`story#/definitions/${DEFINITIONS[kind] ?? kind}`));
  }
  return validators.get(kind);
}

/** Runs the program; what it prints. */
function run(args) {
  const { stdout, stderr, status } = spawnSync(BAREWIRE, args, { maxBuffer: 1 << 30, encoding: "utf8" });
  assert.ok(status !== null && status !== 101, `barewire ${args.join(" ")}: ${status} ${stderr}`);
  return stdout;
}

/** Checks every line, and that each kind comes in its place. */
function check(lines, what) {
  const kinds = [];
  let hosts = 0;
  for (const [index, line] of lines.trimEnd().split("\n").entries()) {
    const object = JSON.parse(line);
    const validate = validator(object.kind);
    assert.ok(validate, `${what}, line ${index + 1}: unknown kind ${object.kind}`);
    if (!validate(object)) {
      assert.fail(`${what}, line ${index + 1}: ${ajv.errorsText(validate.errors)}\n${line.slice(0, 2000)}`);
    }
    if (object.kind === "host") {
      assert.equal(object.id, hosts, `${what}: hosts are numbered in their order`);
      hosts += 1;
    }
    if (kinds.at(-1) !== object.kind) {
      kinds.push(object.kind);
    }
  }
  assert.equal(kinds[0], "file", `${what}: the first line`);
  assert.ok(kinds.filter((kind) => kind === "look").length <= 1, `${what}: what to look at is said once`);
  assert.ok(kinds.includes("tally"), `${what}: the count of all frames`);
}

function captures(folder = TREE) {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const skip = ["node_modules", "target", ".git", "dist"];
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return skip.includes(entry.name) ? [] : captures(file);
    }
    return /\.pcap(ng)?$/.test(entry.name) ? [file] : [];
  });
}

test("reports of runs", () => {
  const scenes = run(["scenes"])
    .split("\n")
    .flatMap((line) => line.match(/^ {2}(\S+) {2}/)?.[1] ?? []);
  assert.ok(scenes.length >= 10, String(scenes));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "barewire-"));
  const file = path.join(folder, "report");
  try {
    const runs = [
      ...scenes.map((name) => ["scene", name]),
      ["fetch", "https://www.example.test/large", "--loss", "3"],
      ["fetch", "-L", "https://www.example.test/redirect/2"],
      ["fetch", "https://www.example.test/trailers"],
      ["fetch", "https://expired.example.test/"],
      ["fetch", "https://nowhere.example.test/"],
      ["fetch", "https://closed.example.test/"],
    ];
    for (const args of runs) {
      run([...args, "--report", file]);
      const lines = fs.readFileSync(file, "utf8");
      check(lines, args.join(" "));
      assert.equal(JSON.parse(lines.trimEnd().split("\n").at(-1)).kind, "text", "the last line");
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("captures of the tree, with rows in full", () => {
  const files = captures();
  assert.ok(files.length > 20, `${files.length} captures`);
  for (const file of files) {
    check(run(["read", "--json", "--fields", file]), path.relative(TREE, file));
  }
});

test("what is not of the schema is refused", () => {
  assert.equal(validator("tally")({ kind: "tally", frames: -1, rows: 0, without_row: [], cut: null }), false);
  assert.equal(validator("host")({ kind: "host", id: 0, name: "client", addresses: [], more: 1 }), false);
});
