// What a reader breaks on purpose: a packet lost or held back, a bit inverted, a port at which nobody listens.
// Each is a flag of the program. Tested in test/live-words.test.mjs.

export type Breakage =
  | { kind: "drop"; frame: number }
  | { kind: "flip"; frame: number; bit: number }
  | { kind: "delay"; frame: number; ms: number }
  | { kind: "close"; place: string };

/** The flag and its value. */
export function flagOf(breakage: Breakage): [flag: string, value: string] {
  switch (breakage.kind) {
    case "drop":
      return ["--drop", `${breakage.frame}`];
    case "flip":
      return ["--flip", `${breakage.frame}:${breakage.bit}`];
    case "delay":
      return ["--delay", `${breakage.frame}:${breakage.ms}`];
    case "close":
      return ["--close", breakage.place];
  }
}

/** What is done, in words. */
export function inWords(breakage: Breakage): string {
  switch (breakage.kind) {
    case "drop":
      return `drop frame ${breakage.frame}`;
    case "flip":
      return `flip bit ${breakage.bit} of frame ${breakage.frame}`;
    case "delay":
      return `delay frame ${breakage.frame} by ${breakage.ms} ms`;
    case "close":
      return `close ${breakage.place}`;
  }
}

/** Milliseconds by which a packet can be held back: the program takes no more. */
export const LONGEST_DELAY = 100_000;

/** A delay as it was typed, as the program and a link take it: at most three decimals. */
export function delayOf(typed: string): number {
  const ms = Math.round(Number(typed) * 1000) / 1000;
  return ms > 0 ? Math.min(ms, LONGEST_DELAY) : 0;
}

/** Reads the value of a flag again; null when it is none. */
export function parseBreakage(kind: string, value: string): Breakage | null {
  const numbers = value.split(":").map((part) => (/^\d{1,9}(\.\d{1,3})?$/.test(part) ? Number(part) : NaN));
  const [frame = NaN, second = NaN] = numbers;
  const whole = Number.isInteger(frame) && frame > 0;
  if (kind === "drop" && numbers.length === 1 && whole) return { kind, frame };
  if (kind === "flip" && numbers.length === 2 && whole && Number.isInteger(second)) {
    return { kind, frame, bit: second };
  }
  if (kind === "delay" && numbers.length === 2 && whole && second >= 0) return { kind, frame, ms: second };
  if (kind === "close" && /^[^\s]{1,260}:\d{1,5}$/.test(value)) return { kind, place: value };
  return null;
}

export function sameBreakage(one: Breakage, other: Breakage): boolean {
  return inWords(one) === inWords(other);
}
