// The worker: it gets the module once, then runs the program, a fresh instance a run. Its text is put into the page as
// a string by build/bundle.mjs, and started from there. Tested in test/live-engine.test.mjs.

import { InputFile } from "./files";
import type { Answer, Request } from "./messages";
import { run } from "./program";

// Of a worker's globals, TypeScript's library for pages knows neither of these.
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(message: Answer, transfer?: Transferable[]): void;
};

/** Bytes that are taken from a file at a time. */
const PIECE = 1 << 18;
/** Milliseconds between two reports of progress. */
const PAUSE = 100;

let module: WebAssembly.Module | null = null;

scope.onmessage = ({ data }) => {
  if (data.kind === "module") {
    module = data.module;
    return;
  }
  const size = [...data.files.values()].reduce((sum, blob) => sum + blob.size, 0);
  let [read, next] = [0, performance.now() + PAUSE];
  const progress = (bytes: number) => {
    read += bytes;
    if (performance.now() >= next) {
      next = performance.now() + PAUSE;
      scope.postMessage({ kind: "progress", number: data.number, read, size });
    }
  };
  const files = new Map([...data.files].map(([name, blob]) => [name, inputFromBlob(blob, progress)]));
  const done = run(module!, { args: data.args, files, seed: data.seed });
  const transfer = [done.stdout, done.stderr, ...done.files.values()].map((bytes) => bytes.buffer);
  scope.postMessage({ kind: "done", number: data.number, done }, transfer);
};

/** A file whose bytes are taken from `blob` a piece at a time. */
function inputFromBlob(blob: Blob, progress: (bytes: number) => void): InputFile {
  let [from, piece] = [0, new Uint8Array()];
  return new InputFile(blob.size, (start, end) => {
    const stop = Math.min(end, blob.size);
    if (start >= stop) {
      return new Uint8Array();
    }
    if (start < from || start >= from + piece.length) {
      from = start;
      const bytes = blob.slice(start, Math.max(stop, start + PIECE));
      piece = new Uint8Array(new FileReaderSync().readAsArrayBuffer(bytes));
      progress(piece.length);
    }
    // Fewer bytes than asked for is a correct answer to a read.
    return piece.subarray(start - from, stop - from);
  });
}
