// A large capture for tests: many fetches of a large page, each with its own keys, one after the other. Sections of a
// pcapng file may follow each other, so the captures of the runs are put together as they are.

import fs from "node:fs";
import path from "node:path";
import { load, WEB } from "../build/bundle.mjs";
import { readModule } from "../build/wasm.mjs";

/** A capture of at least `bytes` bytes: its bytes, and how many fetches are in it. */
export async function largeCapture(bytes) {
  const { run } = await load("src/engine/program.ts");
  const module = await WebAssembly.compile(readModule(path.join(WEB, "dist/barewire.wasm")));
  const parts = [];
  for (let [size, seed] = [0, 1]; size < bytes; seed += 1) {
    const args = ["fetch", "https://www.example.test/large", "--seed", `${seed}`, "--pcapng", "c"];
    const { code, files } = run(module, { args, files: new Map(), seed: BigInt(seed) });
    if (code !== 0) throw new Error(`exit code ${code}`);
    parts.push(files.get("c"));
    size += parts.at(-1).length;
  }
  return { bytes: Buffer.concat(parts), fetches: parts.length };
}

/** The same in a file. */
export async function largeFile(folder, bytes) {
  const file = path.join(folder, "large.pcapng");
  fs.writeFileSync(file, (await largeCapture(bytes)).bytes);
  return file;
}
