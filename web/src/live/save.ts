// Saving: a file that the browser downloads, a text that goes to the clipboard. Tested in test/live-save.test.mjs.

/** Offers bytes as a download. */
export function download(name: string, bytes: Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Copies a text; false where the browser does not allow it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A name for files of a run: from its first words, with nothing in it that a file system minds. */
export function stem(args: string[]): string {
  const [command = "", what = ""] = args;
  const words = `${command === "read" ? "" : command}-${what.replace(/^https?:\/\//, "")}`;
  const name = words
    .replace(/\.(pcapng|pcap|cap)(\.gz)?$/i, "")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return name.slice(0, 60) || "barewire";
}
