// The first page, fetched when the page is built: its text is shown where JavaScript is off, and its story is on the
// screen before the program is loaded. The program is run as the page runs it, with the same seed.

import { load } from "./bundle.mjs";

const ARGS = ["fetch", "--report", "r", "--pcapng", "c", "https://www.example.test/"];

/** Runs the program; { text, report, capture }: what it prints, the story's lines, the capture in base64. */
export async function firstPage(wasm) {
  const { run } = await load("src/engine/program.ts");
  const module = await WebAssembly.compile(wasm);
  const { code, broken, stdout, stderr, files } = run(module, { args: ARGS, files: new Map(), seed: 1n });
  if (code !== 0) {
    throw new Error(`barewire ${ARGS.join(" ")}: ${broken ?? `exit code ${code}`}\n${text(stderr)}`);
  }
  return {
    text: text(stdout),
    report: text(files.get("r")),
    capture: Buffer.from(files.get("c")).toString("base64"),
  };
}

function text(bytes) {
  return Buffer.from(bytes).toString("utf8");
}
