// The details of packets, fetched in ranges of frames and kept for as long as they are among the last used.

import { object, number, StoryError } from "./check";
import { readDetails } from "./details";
import type { Details } from "./types";

/** Frames first to last. */
export type Range = [first: number, last: number];

/** Frames in a range, where nothing else is said. */
const RANGE = 64;
/** Ranges that are kept: 1,024 packets. */
const KEPT = 16;

const aligned = (frame: number): Range => {
  const first = frame - ((Math.max(frame, 1) - 1) % RANGE);
  return [first, first + RANGE - 1];
};

/** Details by frame. `load` gives the lines of the rows of a range; `range` says in which range a frame is. */
export class DetailsCache {
  private readonly kept = new Map<number, Promise<Map<number, unknown>>>();

  constructor(
    private readonly load: (first: number, last: number) => Promise<string>,
    private readonly range: (frame: number) => Range | null = aligned,
  ) {}

  /** The details of a frame. Rejects with a StoryError, where there are none. */
  async details(frame: number): Promise<Details> {
    const range = this.range(frame);
    if (!range) throw new StoryError(`The fields of frame ${frame} are not in this file.`);
    const rows = await this.rows(range);
    const row = rows.get(frame);
    if (row === undefined) throw new StoryError(`There are no fields for frame ${frame}.`);
    return readDetails(row);
  }

  private rows([first, last]: Range): Promise<Map<number, unknown>> {
    const known = this.kept.get(first);
    const rows = known ?? this.load(first, last).then(byFrame);
    this.kept.delete(first);
    this.kept.set(first, rows);
    // What failed is asked for again the next time.
    if (!known) rows.catch(() => this.kept.delete(first));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    return rows;
  }
}

const frameOf = object((get) => get("frame", number));

/** The rows among lines, by their frame. */
function byFrame(lines: string): Map<number, unknown> {
  const rows = new Map<number, unknown>();
  for (const line of lines.split("\n")) {
    if (line.trim() === "") continue;
    const value = parse(line);
    if ((value as { kind?: unknown } | null)?.kind === "row") rows.set(frameOf(value, ""), value);
  }
  return rows;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new StoryError("The fields of these frames cannot be read: a line is not JSON.");
  }
}
