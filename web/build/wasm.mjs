// The program as WebAssembly: where it lies, and without what only debuggers read.

import fs from "node:fs";
import path from "node:path";

/** Where web/wasm.sh puts it. */
export function usualPlace(web) {
  const target = process.env.CARGO_TARGET_DIR ?? "target";
  return path.resolve(web, "..", target, "wasm32-wasip1", "release", "barewire.wasm");
}

/** Reads the module, and leaves out its custom sections: names and debug information, which are most of the file. */
export function readModule(file) {
  const bytes = fs.readFileSync(file);
  if (bytes.readUInt32BE(0) !== 0x0061736d) {
    throw new Error(`${file} is not a WebAssembly module`);
  }
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length;) {
    const start = at;
    const kind = bytes[at];
    const [length, body] = leb128(bytes, at + 1);
    at = body + length;
    if (kind !== 0) {
      parts.push(bytes.subarray(start, at));
    }
  }
  return Buffer.concat(parts);
}

/** An unsigned number in LEB128, and where the bytes after it begin. */
function leb128(bytes, at) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[at];
    at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) {
      return [value, at];
    }
  }
}
