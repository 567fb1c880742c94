// The form of a ladder: which columns there are and how wide, for the width of its pane.

import { type Item, type Story, keyOfRow } from "../story";
import { type Columns, columnsOf } from "./columns";
import type { Metrics } from "./window";
import { milliseconds } from "./words";

export interface LadderForm {
  columns: Columns;
  /** Pixels from one host's line to the next. */
  step: number;
  /** Height of a line. */
  line: number;
  /** Characters that a line of text holds. */
  room: number;
  /** The text stands below the arrow: there is no room beside it. */
  stacked: boolean;
  /** A second time, when the packet arrived. */
  arrivals: boolean;
  /** The conversation is named beside each packet. */
  streams: boolean;
  /** The length of the payload, right. */
  payload: boolean;
  /** Characters of the number and of a time. */
  numbers: number;
  clock: number;
}

/** Pixels between the lines of two hosts. */
const NARROWEST = 54;
const WIDEST = 132;
/** Where there is no room at all. */
const LEAST = 12;
/** Characters of a frame number and of a time: longer ones are cut. */
const MOST_DIGITS = 8;
const MOST_CLOCK = 12;
/** Hosts with a line of their own. */
const MOST = 12;
/** Below this width of a pane, in characters, text stands below the arrow. */
const STACKED = 74;
const LAYER = 6;
/** Characters of text at the least, and those of a segment: `SYN ACK seq 0      ack 1      win 65535`. */
const TEXT = 25;
const SEGMENT = 41;

export function formOf(story: Story, items: Item[], width: number, { ch, line }: Metrics): LadderForm {
  // Before the pane is laid out it has no width, and nothing is drawn.
  width = Math.max(width, 20 * ch);
  const characters = Math.floor(width / ch);
  const arrivals = items.some((item) => item.arrivedMs !== null);
  const streams = !arrivals && severalConversations(story, items);
  const digits = String(items.reduce((most, item) => Math.max(most, item.frame), 0)).length;
  const numbers = Math.min(Math.max(2, digits), MOST_DIGITS);
  const last = items.reduce((most, item) => Math.max(most, item.arrivedMs ?? 0, item.ms), 0);
  const clock = Math.min(milliseconds(last).length, MOST_CLOCK);
  const stacked = characters < STACKED;
  const payload = !stacked && characters >= 84 && !arrivals;
  // A space after each column; one character for the sign of a match or trouble.
  const before = (2 + numbers + 1 + (clock + 1) * (arrivals ? 2 : 1) + (streams ? 7 : 0)) * ch;
  const after = (LAYER + 1 + (payload ? 6 : 0)) * ch;
  // Hosts first: each has its line, as long as some words fit beside them. Then they stand as far apart as leaves a
  // segment its room in one line.
  const beside = width - before - (stacked ? ch : after);
  const least = stacked ? 0 : Math.min(TEXT * ch, beside / 2);
  const columns = columnsOf(story, items, Math.min(MOST, Math.max(2, Math.floor((beside - least) / NARROWEST))));
  const count = Math.max(columns.names.length, 1);
  const wanted = (beside - (stacked ? 0 : SEGMENT * ch)) / count;
  const step = Math.floor(Math.min(WIDEST, Math.max(wanted, Math.min(NARROWEST, beside / count), LEAST)));
  const room = Math.floor((stacked ? width - (3 + LAYER + 1) * ch : beside - step * count) / ch);
  return {
    columns,
    step,
    line,
    stacked,
    arrivals,
    streams,
    payload,
    numbers,
    clock,
    room: Math.max(room, 12),
  };
}

function severalConversations(story: Story, items: Item[]): boolean {
  let first: string | null = null;
  for (const { row } of items) {
    if (row.transport !== "tcp") continue;
    const key = keyOfRow(story, row);
    if (first !== null && key !== first) return true;
    first = key;
  }
  return false;
}
