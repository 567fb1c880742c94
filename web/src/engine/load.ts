// Where the program comes from: out of the page itself (the single file: base64 of gzip), or from the file next to it
// (the folder on a server). Tested in test/live.test.mjs and test/live-folder.test.mjs.

/** Compiles the program. Fails with a sentence for the reader. */
export async function loadModule(): Promise<WebAssembly.Module> {
  const inside = document.getElementById("wasm");
  if (inside !== null) {
    const packed = fromBase64(inside.textContent ?? "");
    // Its megabyte of text is not needed any more.
    inside.remove();
    const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const answer = new Response(bytes, { headers: { "content-type": "application/wasm" } });
    return WebAssembly.compileStreaming(answer);
  }
  if (location.protocol === "file:") {
    throw new Error(
      "This page takes the program from a server, and it was opened from a file. Open barewire.html instead, or " +
        "serve this folder: python3 -m http.server",
    );
  }
  const answer = await fetch("barewire.wasm");
  if (!answer.ok) {
    throw new Error(`The server has no barewire.wasm next to this page: it answered ${answer.status}.`);
  }
  return WebAssembly.compile(await answer.arrayBuffer());
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const modern = Uint8Array as unknown as { fromBase64?(text: string): Uint8Array<ArrayBuffer> };
  if (modern.fromBase64 !== undefined) {
    return modern.fromBase64(text);
  }
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) {
    bytes[i] = letters.charCodeAt(i);
  }
  return bytes;
}
