// Builds the page: node build.mjs [--wasm FILE | --template | --check-template]
//
//   dist/index.html, dist/barewire.wasm   a folder for any server of static files
//   dist/barewire.html                    the same in one file, which opens from disk
//
// The program has the viewer inside, for `--html`: examples/src/views/page/viewer.html. --template writes that file,
// and --check-template compares it with what the sources give.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { parseArgs } from "node:util";
import { bundleLive, WEB } from "./build/bundle.mjs";
import { firstPage } from "./build/first.mjs";
import { html } from "./build/html.mjs";
import { buildTemplate } from "./build/template.mjs";
import { readModule, usualPlace } from "./build/wasm.mjs";

const MB = 1_000_000;
/** The single file is handed out by mail and on sticks; what is served has to come fast. */
const LARGEST_FILE = 5 * MB;
const LARGEST_SERVED = 1.4 * MB;
const TEMPLATE = path.join(WEB, "../examples/src/views/page/viewer.html");

const OPTIONS = {
  wasm: { type: "string" },
  template: { type: "boolean" },
  "check-template": { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

const { values } = options();
if (values.help) {
  console.log("node build.mjs [--wasm FILE | --template | --check-template]; web/build.sh does all of it");
} else if (values["check-template"]) {
  await checkTemplate();
} else if (values.template) {
  await buildTemplate(TEMPLATE);
} else {
  await buildLive(values.wasm ?? usualPlace(WEB));
}

function options() {
  try {
    return parseArgs({ options: OPTIONS });
  } catch (error) {
    return fail(`${error.message} (--help lists the options)`);
  }
}

async function checkTemplate() {
  const fresh = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "barewire-")), "viewer.html");
  await buildTemplate(fresh);
  const equal = fs.readFileSync(fresh).equals(fs.readFileSync(TEMPLATE));
  fs.rmSync(path.dirname(fresh), { recursive: true });
  if (!equal) {
    fail(`${TEMPLATE} is not what web/ builds; run \`node build.mjs --template\`, and commit it`);
  }
}

async function buildLive(file) {
  if (!fs.existsSync(file)) {
    fail(`there is no ${file}. Build it first: ./wasm.sh, then: node build.mjs`);
  }
  const wasm = readModule(file);
  const packed = zlib.gzipSync(wasm, { level: 9 });
  const [{ script, style }, first] = [await bundleLive(), await firstPage(wasm)];
  const dist = path.join(WEB, "dist");
  fs.mkdirSync(dist, { recursive: true });

  const single = html({ script, style, first, wasm: packed.toString("base64") });
  const index = html({ script, style, first, wasm: null });
  fs.writeFileSync(path.join(dist, "barewire.html"), single);
  fs.writeFileSync(path.join(dist, "index.html"), index);
  fs.writeFileSync(path.join(dist, "barewire.wasm"), wasm);

  const size = (text) => Buffer.byteLength(text);
  const gzip = (text) => zlib.gzipSync(text, { level: 9 }).length;
  const served = gzip(index) + packed.length;
  print("part", "bytes", "gzipped");
  print("script", size(script), gzip(script));
  print("style", size(style), gzip(style));
  print("index.html", size(index), gzip(index));
  print("barewire.wasm", wasm.length, packed.length);
  print("served: both", size(index) + wasm.length, served);
  print("barewire.html", size(single), gzip(single));
  if (size(single) > LARGEST_FILE) {
    fail(`the single file has more than ${LARGEST_FILE} bytes`);
  }
  if (served > LARGEST_SERVED) {
    fail(`what is served has more than ${LARGEST_SERVED} bytes gzipped`);
  }
}

function print(part, bytes, gzipped) {
  const number = (value) => value.toLocaleString("en").padStart(12);
  console.log(`${part.padEnd(16)}${number(bytes)}${number(gzipped)}`);
}

function fail(message) {
  console.error(`build.mjs: ${message}`);
  process.exit(1);
}
