// The lines of the ladder: what each item says, in lines of text of one height, and where it stands. With one height
// for all lines, only those that are in sight need to be in the document. Tested in test/viewer-large.test.mjs.

import type { Item } from "../story";
import { wrap } from "./words";

/** A line of an item: what a layer says, or a note. */
export interface TextLine {
  layer: string | null;
  text: string;
  trouble: boolean;
}

export interface Placed {
  item: Item;
  /** The time in which nothing happened before it, where that was long. */
  gapMs: number | null;
  lines: TextLine[];
  /** Its first line, counted in lines from the top, without the line of the gap. */
  top: number;
  /** How many lines it takes, without that of the gap. */
  height: number;
}

/** Lines that the messages of one packet, or its notes, take at the most; the packet pane has the rest. */
const MOST_LINES = 12;

/** What an item says, in lines of at most `room` characters. */
export function linesOf(item: Item, room: number): TextLine[] {
  const lines: TextLine[] = [];
  let group: { layer: string; encrypted: boolean; says: string[] } | null = null;
  const flush = () => {
    if (!group) return;
    const mark = group.encrypted ? "▒ " : "";
    for (const text of wrap(group.says.join(", "), Math.max(room - mark.length, 4), MOST_LINES)) {
      lines.push({ layer: group.layer, text: mark + text, trouble: false });
    }
  };
  for (const { layer, says, encrypted } of item.row.messages) {
    // Messages of TLS in one packet share lines.
    if (group && group.layer === layer && group.encrypted === encrypted && layer === "TLS") group.says.push(says);
    else {
      flush();
      group = { layer, encrypted, says: [says] };
    }
    if (lines.length >= MOST_LINES) break;
  }
  flush();
  const said = lines.slice(0, MOST_LINES);
  for (const note of item.notes.slice(0, MOST_LINES)) {
    const rule = note.rule ? ` [${note.rule}]` : "";
    const text = `${note.host ? `${note.host}: ` : ""}${note.says}${rule}`;
    wrap(text, Math.max(room + 4, 8), 4).forEach((line, index) =>
      said.push({ layer: null, text: `${index === 0 ? "↳ " : "  "}${line}`, trouble: note.trouble }),
    );
  }
  return said.length > 0 ? said : [{ layer: null, text: "", trouble: false }];
}

/** Places the items below each other. `stacked`: the text stands below the arrow, not beside it. */
export function place(items: Item[], room: number, stacked: boolean): Placed[] {
  const times = items.map((item) => item.ms);
  const gaps = gapsOf(times);
  let top = 0;
  return items.map((item, index) => {
    const lines = linesOf(item, room);
    const gapMs = gaps[index] ?? null;
    if (gapMs !== null) top += 1;
    const placed = { item, gapMs, lines, top, height: lines.length + (stacked ? 1 : 0) };
    top += placed.height;
    return placed;
  });
}

/** The gaps before each time that are long: a fifth of all the time, or a second and a hundredth of it. */
export function gapsOf(times: number[]): (number | null)[] {
  const total = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return times.map((time, index) => {
    const gap = time - (times[index - 1] ?? time);
    const long = gap > 0 && (gap >= total / 5 || (gap >= 1000 && gap >= total / 100));
    return long ? gap : null;
  });
}

/** The place of the first of sorted numbers that is above `value`. */
export function firstAbove<T>(list: T[], value: number, of: (one: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(list[middle]!) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
