// Reading values of unknown shape: each function gives the value in the type that is wanted, or throws a sentence
// that says where, what was wanted, and what was there. Tested in test/viewer-fuzz.test.mjs.

/** What is wrong with a story, in a sentence. */
export class StoryError extends Error {
  override name = "StoryError";
}

export type Reader<T> = (value: unknown, path: string) => T;

/** Numbers are times, lengths and counts: none is larger than this. */
const LARGEST = Number.MAX_SAFE_INTEGER;
/** Characters of one text: more are cut off. A page cannot show more of one line. */
const LONGEST = 4000;

/** The value, as a sentence says it. */
function shown(value: unknown): string {
  if (value === undefined) return "it is missing";
  const text = JSON.stringify(value) ?? typeof value;
  return `there was ${printable(text.length > 60 ? `${text.slice(0, 60)}…` : text)}`;
}

function refuse(path: string, wanted: string, value: unknown): never {
  throw new StoryError(`"${printable(path.slice(0, 200))}" must be ${wanted}; ${shown(value)}`);
}

// Control characters, and the characters that turn the direction of writing or end a line.
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text from a capture, safe to show in one line: as the program's own `printable`. */
export function printable(text: string): string {
  const escape = (c: string) =>
    ({ "\t": "\\t", "\r": "\\r", "\n": "\\n" })[c] ?? `\\u{${c.codePointAt(0)!.toString(16)}}`;
  return text.replace(UNPRINTABLE, escape);
}

export const text: Reader<string> = (value, path) => {
  if (typeof value !== "string") refuse(path, "a text", value);
  return printable(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
};

/** A text of many lines, as it is. */
export const lines: Reader<string> = (value, path) =>
  typeof value === "string" ? value : refuse(path, "a text", value);

/** Lines of one paragraph: more are cut off. */
const MOST_LINES = 400;

/** A text of several lines, each safe to show. */
export const paragraph: Reader<string> = (value, path) => {
  const all = lines(value, path).split("\n");
  return all
    .slice(0, MOST_LINES)
    .map((line) => text(line, path))
    .join("\n")
    .trimEnd();
};

export const number: Reader<number> = (value, path) =>
  typeof value === "number" && Math.abs(value) <= LARGEST ? value : refuse(path, "a number", value);

/** A whole number from 0 upwards. */
export const count: Reader<number> = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(path, "a count", value);

export const yes: Reader<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(path, "true or false", value);

/** A length of time: not below 0. */
export const time: Reader<number> = (value, path) => {
  const ms = number(value, path);
  return ms >= 0 ? ms : refuse(path, "a time from 0 upwards", value);
};

export function list<T>(of: Reader<T>, most: number): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) refuse(path, "a list", value);
    if (value.length > most) throw new StoryError(`"${path}" has ${value.length} members; at most ${most} are read`);
    return value.map((one, index) => of(one, `${path}[${index}]`));
  };
}

/** Two values: of the client and the server, or from and to. */
export function pair<T>(of: Reader<T>): Reader<[T, T]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length !== 2) refuse(path, "a list of two", value);
    return [of(value[0], `${path}[0]`), of(value[1], `${path}[1]`)];
  };
}

/** null, and a member that is missing, are null. */
export function maybe<T>(of: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null || value === undefined ? null : of(value, path));
}

/** A member that may be missing. */
export function or<T>(of: Reader<T>, fallback: T): Reader<T> {
  return (value, path) => (value === null || value === undefined ? fallback : of(value, path));
}

export type Members = Record<string, unknown>;

export function object<T>(read: (get: <V>(name: string, of: Reader<V>) => V) => T): Reader<T> {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path, "an object", value);
    const members = value as Members;
    const own = (name: string) => (Object.hasOwn(members, name) ? members[name] : undefined);
    return read((name, of) => of(own(name), path === "" ? name : `${path}.${name}`));
  };
}
