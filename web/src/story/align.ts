// Two ladders side by side: which packets of the one are those of the other. Packets are the same where they go
// between the same ends in the same direction and say the same; a longest common subsequence pairs them. What is left
// between two pairs is paired by ends and direction alone, and differs in what it says.
// Tested in test/viewer-compare.test.mjs.

import type { Item } from "./items";

/** = the same on both sides, ≠ another text, + only in the own one, − only in the other. */
export type Sign = "=" | "≠" | "−" | "+";

/** A line of a comparison: a packet of the own story, the one that is looked at, and one of the other. */
export interface Pairing {
  own: Item | null;
  other: Item | null;
  sign: Sign;
}

/** Steps of difference that are searched: enough for thousands of packets that differ, and little memory. */
const MOST_STEPS = 1500;

/** The host of `10.0.0.2:443`; its port tells two clients of one run apart, not two runs. */
function ends(item: Item): string {
  const { row } = item;
  return `${row.transport} ${row.from} ${row.to} ${row.toServer}`;
}

function said(item: Item): string {
  const says = item.row.messages.map((message) => `${message.layer} ${message.says}`);
  return [ends(item), item.fate, ...says].join("\n");
}

/** The lines of a comparison, in the order of both. */
export function align(own: Item[], other: Item[]): Pairing[] {
  const lines: Pairing[] = [];
  let [o, t] = [0, 0];
  const gap = (toOwn: number, toOther: number) => {
    lines.push(...between(own.slice(o, toOwn), other.slice(t, toOther)));
    [o, t] = [toOwn, toOther];
  };
  for (const [i, j] of common(own.map(said), other.map(said))) {
    gap(i, j);
    lines.push({ own: own[i]!, other: other[j]!, sign: "=" });
    [o, t] = [i + 1, j + 1];
  }
  gap(own.length, other.length);
  return lines;
}

/** What stands between two pairs that are the same. What is gone comes before what is new. */
function between(own: Item[], other: Item[]): Pairing[] {
  const lines: Pairing[] = [];
  let [o, t] = [0, 0];
  const alone = (toOwn: number, toOther: number) => {
    for (; t < toOther; t += 1) lines.push({ own: null, other: other[t]!, sign: "−" });
    for (; o < toOwn; o += 1) lines.push({ own: own[o]!, other: null, sign: "+" });
  };
  for (const [i, j] of common(own.map(ends), other.map(ends))) {
    alone(i, j);
    lines.push({ own: own[i]!, other: other[j]!, sign: "≠" });
    [o, t] = [i + 1, j + 1];
  }
  alone(own.length, other.length);
  return lines;
}

/** Pairs of places at which two lists are equal: a longest common subsequence (Myers, "An O(ND) Difference
 *  Algorithm", 1986). Where more differs than is searched, only what is equal at both ends. */
export function common(a: string[], b: string[]): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let tail = 0;
  while (tail < a.length - start && tail < b.length - start && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const pairs: [number, number][] = Array.from({ length: start }, (_, i) => [i, i]);
  const middle = myers(a.slice(start, a.length - tail), b.slice(start, b.length - tail));
  pairs.push(...middle.map(([i, j]): [number, number] => [i + start, j + start]));
  for (let i = tail; i > 0; i -= 1) pairs.push([a.length - i, b.length - i]);
  return pairs;
}

function myers(a: string[], b: string[]): [number, number][] {
  if (a.length === 0 || b.length === 0) return [];
  const most = Math.min(a.length + b.length, MOST_STEPS);
  const middle = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d += 1) {
    trace.push(furthest.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[middle + k - 1]! < furthest[middle + k + 1]!);
      let x = down ? furthest[middle + k + 1]! : furthest[middle + k - 1]! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return backwards(trace, a, b);
    }
  }
  return [];
}

/** The pairs on the way that was found, from its end. */
function backwards(trace: Int32Array[], a: string[], b: string[]): [number, number][] {
  const pairs: [number, number][] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const before = trace[d]!;
    const at = (k: number) => before[k + d + 1]!;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromX = d === 0 ? 0 : down ? at(k + 1) : at(k - 1);
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    // The equal stretch comes after the one step down or right.
    const stretch = d === 0 ? 0 : down ? fromX : fromX + 1;
    while (x > stretch) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    x = fromX;
    y = fromY;
  }
  return pairs.reverse();
}

/** What a sign says; `names`: of the own and of the other story. */
export function meaning(sign: Sign, [own, other]: [own: string, other: string]): string {
  return { "=": "the same", "≠": "says something else", "−": `only ${other}`, "+": `only ${own}` }[sign];
}

/** What a comparison found, in a sentence. */
export function summary(lines: Pairing[], names: [own: string, other: string]): string {
  const first = lines.findIndex((line) => line.sign !== "=");
  if (lines.length === 0) return "no packets to compare";
  if (first < 0) return `all ${lines.length} packets say the same`;
  const counts = (["≠", "−", "+"] as const).flatMap((sign) => {
    const count = lines.filter((line) => line.sign === sign).length;
    if (count === 0) return [];
    return sign === "≠"
      ? `${count} ${count === 1 ? "says" : "say"} something else`
      : `${count} ${meaning(sign, names)}`;
  });
  const same = lines[first - 1]?.own;
  return `${same ? `the same up to frame ${same.frame}` : "different from the first packet"}; ${counts.join(", ")}`;
}
