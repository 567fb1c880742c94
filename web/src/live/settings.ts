// What is run: a page or a scene, its path, what is broken in it. Settings become the words of the program's command
// line, and a link, and are read again from a link. Tested in test/live-words.test.mjs.

import { type Breakage, flagOf, parseBreakage } from "./breakage";
import { splitWords } from "./shell";

/** Numbers are kept as they were typed; an empty one is the program's default. */
export interface Settings {
  what: "fetch" | "scene";
  url: string;
  scene: string;
  rtt: string;
  loss: string;
  seed: string;
  flags: string;
  breakages: Breakage[];
}

export const FIRST: Settings = {
  what: "fetch",
  url: "https://www.example.test/",
  scene: "",
  rtt: "50",
  loss: "0",
  seed: "1",
  flags: "",
  breakages: [],
};

/** Settings that cannot be run: a sentence for the reader. */
export class SettingsError extends Error {}

/** A number in a field: what it is called, what it may be, and what is wanted, in words. */
interface Wanted {
  pattern: RegExp;
  most: bigint | number;
  says: string;
}

const MILLISECONDS: Wanted = {
  pattern: /^\d{1,6}(\.\d{1,3})?$/,
  most: 100_000,
  says: "The RTT is a number of milliseconds, up to 100,000.",
};
const PERCENT: Wanted = {
  pattern: /^\d{1,3}(\.\d{1,3})?$/,
  most: 100,
  says: "The loss is a percentage, 0 to 100.",
};
const SEED: Wanted = {
  pattern: /^\d{1,20}$/,
  most: (1n << 64n) - 1n,
  says: "The seed is a whole number, 0 or more, below 2^64.",
};

function checked(value: string, wanted: Wanted): string {
  const text = value.trim();
  const number = wanted.pattern.test(text) ? (typeof wanted.most === "bigint" ? BigInt(text) : Number(text)) : null;
  if (number === null || number > wanted.most) throw new SettingsError(wanted.says);
  return text;
}

/** The words after `barewire`. What is as usual is left out. Throws a SettingsError or a ShellError. */
export function argsOf(settings: Settings): string[] {
  const args: string[] = [settings.what];
  const add = (flag: string, value: string, usual: string, wanted: Wanted) => {
    if (value.trim() !== "" && value.trim() !== usual) args.push(flag, checked(value, wanted));
  };
  if (settings.what === "scene") {
    args.push(settings.scene);
  } else {
    const url = settings.url.trim();
    if (url === "") throw new SettingsError("Which page? The URL is empty.");
    // A URL that begins like a flag is still a URL.
    args.push(...(url.startsWith("-") ? [`https://${url}`] : [url]));
    add("--rtt", settings.rtt, FIRST.rtt, MILLISECONDS);
    add("--loss", settings.loss, FIRST.loss, PERCENT);
  }
  add("--seed", settings.seed, FIRST.seed, SEED);
  args.push(...settings.breakages.flatMap(flagOf), ...splitWords(settings.flags));
  const control = args.map((word) => /\p{Cc}/u.exec(word)?.[0]).find((found) => found !== undefined);
  if (control !== undefined) {
    const code = control.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    throw new SettingsError(`There is a control character, U+${code}, in what is to be run. Take it out.`);
  }
  return args;
}

/** The seed of the key material: that of the run. */
export function seedOf(settings: Settings): bigint {
  return settings.seed.trim() === "" ? 1n : BigInt(checked(settings.seed, SEED));
}

/** The settings as the part of a link after the `#`, and the frame to look at; what is as usual is left out. */
export function hashOf(settings: Settings, frame: number | null = null): string {
  const parts: [string, string][] = [];
  const add = (name: "rtt" | "loss" | "seed" | "flags") => {
    if (settings[name].trim() !== FIRST[name]) parts.push([name, settings[name].trim()]);
  };
  if (settings.what === "scene") {
    parts.push(["scene", settings.scene]);
  } else {
    if (settings.url !== FIRST.url) parts.push(["fetch", settings.url]);
    add("rtt");
    add("loss");
  }
  add("seed");
  parts.push(...settings.breakages.map((one): [string, string] => [one.kind, flagOf(one)[1]]));
  add("flags");
  if (frame !== null) parts.push(["frame", `${frame}`]);
  return parts.map(([name, value]) => `${name}=${escaped(value)}`).join("&");
}

/** Half a surrogate pair cannot be in a link. */
function escaped(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, "\ufffd"))
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":")
    .replaceAll("'", "%27");
}

/** Longest value that is taken from a link, and that can be typed. */
export const LONGEST = 2000;
/** Breakages of one run. */
export const MOST = 100;

/** Reads the part of a link after the `#`. What it does not know it leaves alone. Throws a SettingsError. */
export function settingsOf(hash: string): Settings {
  const settings = { ...FIRST, breakages: [] as Breakage[] };
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, "").replaceAll("+", "%2B"))) {
    if (value.length > LONGEST) throw new SettingsError(`The link holds a "${name}" of ${value.length} characters.`);
    if (name === "scene") [settings.what, settings.scene] = ["scene", value];
    else if (name === "fetch") [settings.what, settings.url] = ["fetch", value];
    else if (name === "rtt" || name === "loss" || name === "seed" || name === "flags") settings[name] = value;
    else if (["drop", "flip", "delay", "close"].includes(name)) {
      const breakage = parseBreakage(name, value);
      if (breakage === null || settings.breakages.length >= MOST) {
        throw new SettingsError(`The link asks for "${name}" with "${value}", and that cannot be done.`);
      }
      settings.breakages.push(breakage);
    }
  }
  return settings;
}

/** The frame that a link asks to look at. */
export function frameOf(hash: string): number | null {
  const frame = new URLSearchParams(hash.replace(/^#/, "")).get("frame") ?? "";
  return /^\d{1,9}$/.test(frame) ? Number(frame) : null;
}

export function sameSettings(one: Settings, other: Settings): boolean {
  return hashOf(one) === hashOf(other);
}
