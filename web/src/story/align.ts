// Two ladders side by side: which packets of the one are those of the other. Packets are the same where they go
// between the same ends in the same direction and say the same; a longest common subsequence pairs them. What is left
// between two pairs is paired by ends and direction alone, and differs in what it says.
// Tested in test/viewer-compare.test.mjs.

import type { Item } from "./items";

/** = the same on both sides, ≠ another text, − only left, + only right. */
export type Sign = "=" | "≠" | "−" | "+";

export interface Pairing {
  left: Item | null;
  right: Item | null;
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
export function align(left: Item[], right: Item[]): Pairing[] {
  const lines: Pairing[] = [];
  let l = 0;
  let r = 0;
  const gap = (toLeft: number, toRight: number) => {
    lines.push(...between(left.slice(l, toLeft), right.slice(r, toRight)));
    [l, r] = [toLeft, toRight];
  };
  for (const [i, j] of common(left.map(said), right.map(said))) {
    gap(i, j);
    lines.push({ left: left[i]!, right: right[j]!, sign: "=" });
    [l, r] = [i + 1, j + 1];
  }
  gap(left.length, right.length);
  return lines;
}

/** What stands between two pairs that are the same. */
function between(left: Item[], right: Item[]): Pairing[] {
  const lines: Pairing[] = [];
  let l = 0;
  let r = 0;
  const alone = (toLeft: number, toRight: number) => {
    for (; l < toLeft; l += 1) lines.push({ left: left[l]!, right: null, sign: "−" });
    for (; r < toRight; r += 1) lines.push({ left: null, right: right[r]!, sign: "+" });
  };
  for (const [i, j] of common(left.map(ends), right.map(ends))) {
    alone(i, j);
    lines.push({ left: left[i]!, right: right[j]!, sign: "≠" });
    [l, r] = [i + 1, j + 1];
  }
  alone(left.length, right.length);
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

/** What a comparison found, in a sentence. */
export function summary(lines: Pairing[], [left, right]: [left: string, right: string]): string {
  const count = (sign: Sign) => lines.filter((line) => line.sign === sign).length;
  const first = lines.findIndex((line) => line.sign !== "=");
  if (lines.length === 0) return "no packets to compare";
  if (first < 0) return `all ${lines.length} packets say the same`;
  const several = (number: number, text: string) => (number > 0 ? [`${number} ${text}`] : []);
  const counts = [
    ...several(count("≠"), "say something else"),
    ...several(count("−"), `only ${left}`),
    ...several(count("+"), `only ${right}`),
  ].join(", ");
  const same = lines[first - 1]?.left;
  return `${same ? `same until frame ${same.frame}` : "different from the first packet"}; ${counts}`;
}
