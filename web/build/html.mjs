// The HTML around the live page: a Content-Security-Policy that lets nothing out, and everything the page needs inside.

import crypto from "node:crypto";

const TITLE = "Barewire: a network stack to learn from";
const ABOUT =
  "Barewire is a network stack to learn from. This page runs the whole program: a page is fetched across a simulated " +
  "internet, and every packet, field and state can be looked at, changed and broken.";

/** The page as text. `wasm`: base64 of gzip for the single file; null when the program lies beside the page. */
export function html({ script, style, first, wasm }) {
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}' 'wasm-unsafe-eval'`,
    `style-src '${hash(style)}'`,
    "worker-src blob:",
    ...(wasm === null ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${ABOUT}">
<meta name="referrer" content="no-referrer">
<title>${TITLE}</title>
<style>${style}</style>
</head>
<body>
<noscript>
<main class="without-script">
<h1>Barewire</h1>
<p>${ABOUT} That takes JavaScript and WebAssembly, and JavaScript is off. This is what the program prints for its first
page:</p>
<pre>${escape(first.text)}</pre>
</main>
</noscript>
<div id="app"></div>
<script type="text/plain" id="first">${JSON.stringify(first).replaceAll("<", "\\u003c")}</script>
${wasm === null ? "" : `<script type="text/plain" id="wasm">${wasm}</script>\n`}<script>${script}</script>
</body>
</html>
`;
}

function hash(text) {
  return `sha256-${crypto.createHash("sha256").update(text, "utf8").digest("base64")}`;
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
