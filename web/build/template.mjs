// Builds the template that `barewire --html` fills: one HTML file with the viewer's script and style inside, and a
// Content-Security-Policy that allows these two by their hashes and nothing else.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WEB = fileURLToPath(new URL("..", import.meta.url));

/** What of the source every bundle of the page is built with. */
const OPTIONS = {
  absWorkingDir: WEB,
  bundle: true,
  minify: true,
  write: false,
  target: "es2022",
  format: "iife",
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
};

/** The value by which a policy allows an inline script or style. */
export function hashOf(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Bundles one entry; its text can stand inside <script> or <style>. */
export async function bundle(entry) {
  const result = await build({ ...OPTIONS, entryPoints: [entry] });
  const text = result.outputFiles[0].text.trim();
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${entry}: its text would end the element around it`);
  return text;
}

/** Writes the template to `outFile`. */
export async function buildTemplate(outFile) {
  const [script, style] = await Promise.all([bundle("src/static.tsx"), bundle("src/viewer/style.css")]);
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  for (const placeholder of ["{{title}}", "{{text}}", "{{story}}", "{{details}}"]) {
    if (script.includes(placeholder) || style.includes(placeholder))
      throw new Error(`${placeholder} is in the bundle`);
  }
  await mkdir(dirname(outFile), { recursive: true });
  await writeFile(
    outFile,
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
<style>${style}</style>
</head>
<body>
<div id="viewer"></div>
<pre id="text">{{text}}</pre>
<script type="text/plain" id="story">{{story}}</script>
<script type="text/plain" id="details">{{details}}</script>
<script>${script}</script>
</body>
</html>
`,
  );
}
