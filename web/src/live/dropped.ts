// Files that a reader gives to the page: which of them is a capture, which a key log. A capture is taken for what it is
// by the program; here its first bytes only say that it is no key log. Tested in test/live-captures.test.mjs.

/** What was given. */
export interface Dropped {
  capture: File | null;
  keys: File | null;
  more: number;
}

/** Labels of a key log's lines. A comment alone makes no key log. */
const KEYS = /^(CLIENT_|SERVER_|EXPORTER_|EARLY_|RSA )/;
const LOOK = 4096;

/** Sorts files: the last capture and the last key log count. */
export async function sortFiles(files: Iterable<File>): Promise<Dropped> {
  const found: Dropped = { capture: null, keys: null, more: 0 };
  for (const file of files) {
    const place = (await isKeyLog(file)) ? "keys" : "capture";
    if (found[place] !== null) found.more += 1;
    found[place] = file;
  }
  return found;
}

/** A key log is text, and one of its first lines begins with a label. */
async function isKeyLog(file: File): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, LOOK).arrayBuffer());
  if (start.includes(0)) return false;
  return new TextDecoder()
    .decode(start)
    .split("\n")
    .some((line) => KEYS.test(line));
}

/** Names of the files that the page asks the program for. */
export const OWN = { report: ".report", capture: ".capture", html: ".html" };
const TAKEN = ["", ".", "..", ...Object.values(OWN)];

/** The name under which the program sees a file: one word in its only folder, no flag, and none of the page's own. */
export function nameFor(file: File, other: string | null): string {
  let name = file.name.replaceAll("/", "_").replace(/\p{Cc}/gu, "_");
  if (name.startsWith("-") || TAKEN.includes(name)) name = `_${name}`;
  return name === other ? `_${name}` : name;
}
