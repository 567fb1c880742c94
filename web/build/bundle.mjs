// TypeScript and style into one script and one style sheet, by esbuild.

import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

export const WEB = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const SHARED = {
  absWorkingDir: WEB,
  bundle: true,
  minify: true,
  write: false,
  charset: "utf8",
  legalComments: "none",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  outdir: path.join(WEB, "dist"),
};

/** Bundles `entry`; what it imports of style sheets comes out beside it. */
export async function bundle(entry, more = {}) {
  const { outputFiles } = await esbuild.build({ ...SHARED, format: "iife", entryPoints: [entry], ...more });
  const text = (end) => outputFiles.find((file) => file.path.endsWith(end))?.text.trim() ?? "";
  return { script: text(".js"), style: text(".css") };
}

/** Bundles `entry` as a module for this process, and loads it. */
export async function load(entry) {
  const { outputFiles } = await esbuild.build({ ...SHARED, format: "esm", entryPoints: [entry], minify: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

/** The live page: the worker's script is a string in it. */
export async function bundleLive(more = {}) {
  const worker = await bundle("src/engine/worker.ts");
  return bundle("src/live.tsx", { define: { WORKER_TEXT: JSON.stringify(worker.script) }, ...more });
}
