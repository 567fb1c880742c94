// The items of the ladder: one a packet. In the story of one capture point that is a row; in a scene the packet is
// drawn once, as its whole journey, and its rows are its sightings.

import { layersOf } from "./layers";
import type { Journey, Note, Row, Story } from "./types";

/** Where a packet comes from or goes to, when no host of the story is there. */
export const UNSEEN = -1;

/** How an arrow ends: at a host, at a cross, or at a question mark. */
export type Fate = "arrived" | "lost" | "missing";

/** A line of the ladder. */
export interface Item {
  /** Its place among all items of the story. */
  index: number;
  /** The frame of the first sighting. */
  frame: number;
  row: Row;
  /** All sightings, in their order; the first is `row`. */
  rows: Row[];
  /** When it was sent, or first seen. */
  ms: number;
  /** When it arrived, where two times are known. */
  arrivedMs: number | null;
  /** Hosts by their place in the story: the sender, or UNSEEN. */
  from: number;
  /** The hosts at which it was seen, in the order of its way. */
  via: number[];
  /** Where it was meant to go, as far as is known; null for a packet between no two hosts. */
  to: number | null;
  fate: Fate;
  /** Where it was lost: a host, or a wire between two; and why. */
  lost: { place: string; says: string } | null;
  /** Which of the four layer filters show it; 0: all. */
  layers: number;
  /** Something went wrong: a loss, or a note of a trouble. */
  trouble: boolean;
  /** What is said beside it, each with the host that says it. */
  notes: (Note & { host: string | null })[];
}

/** The items of a story, in the order of the ladder. */
export function itemsOf(story: Story): Item[] {
  const hosts = new Map<string, number>();
  // The first host of a name is meant, should two have the same.
  story.hosts.forEach((host, id) => hosts.has(host.name) || hosts.set(host.name, id));
  const at = new Map(story.points.map((point) => [point.at, point.host]));
  const hostOf = (point: string) => hosts.get(at.get(point) ?? point) ?? UNSEEN;
  const said = new Set<string>();
  const groups = new Map<number, Row[]>();
  const items: Item[] = [];
  for (const row of story.rows) {
    if (!row.journey) {
      items.push(plain(row, row.at === null ? null : hostOf(row.at)));
      continue;
    }
    const group = groups.get(row.journey.number);
    if (group) group.push(row);
    else {
      const rows = [row];
      groups.set(row.journey.number, rows);
      items.push(travelled(rows, row.journey, hostOf, hosts));
    }
  }
  for (const item of items) {
    if (item.row.journey) completeJourney(item, at, said);
  }
  // Rows of one capture are in its order; journeys are drawn in the order in which they were sent.
  if (story.points.length > 0) items.sort((a, b) => a.ms - b.ms || a.frame - b.frame);
  items.forEach((item, index) => (item.index = index));
  return items;
}

/** The item of a row that has no journey; `at`: the host that saw it, in a scene. */
function plain(row: Row, at: number | null): Item {
  const [from, to] = row.hosts ?? [at ?? UNSEEN, null];
  return {
    index: 0,
    frame: row.frame,
    row,
    rows: [row],
    ms: row.ms,
    arrivedMs: null,
    from,
    via: row.hosts ? row.hosts : [from],
    to,
    fate: row.lost ? "lost" : "arrived",
    lost: row.lost ? { place: "", says: "lost" } : null,
    layers: layersOf(row),
    trouble: row.lost || row.notes.some((note) => note.trouble),
    notes: row.notes.map((note) => ({ ...note, host: null })),
  };
}

/** The item of a journey. Its rows are not complete yet. */
function travelled(rows: Row[], journey: Journey, hostOf: (at: string) => number, hosts: Map<string, number>): Item {
  const row = rows[0]!;
  const { stops, end } = journey;
  const via = stops.map((stop) => hostOf(stop.at)).filter((host, index, all) => host !== all[index - 1]);
  const first = stops[0];
  const last = stops.at(-1);
  const hasSender = first?.sent ?? false;
  const towards = journey.to === null ? UNSEEN : (hosts.get(journey.to) ?? UNSEEN);
  const arrived = end.kind === "arrived" ? (via.at(-1) ?? UNSEEN) : UNSEEN;
  const fate: Fate = end.kind === "lost" ? "lost" : end.kind === "missing" ? "missing" : "arrived";
  return {
    index: 0,
    frame: first?.frame ?? row.frame,
    row,
    rows,
    ms: first?.ms ?? row.ms,
    arrivedMs: end.kind === "arrived" && last && last !== first ? last.ms : null,
    from: hasSender ? (via[0] ?? UNSEEN) : UNSEEN,
    via,
    to: fate === "arrived" ? arrived : towards,
    fate,
    lost: end.kind === "lost" ? { place: end.place, says: end.says } : null,
    layers: layersOf(row),
    trouble: fate !== "arrived",
    notes: [],
  };
}

/** Puts the sightings into the order of the way, and gathers what is said beside them. A box says of every packet of
 *  a flow which flow it is: what it says again in the same words is left out. */
function completeJourney(item: Item, at: Map<string, string>, said: Set<string>): void {
  const order = new Map(item.row.journey!.stops.map((stop, index) => [stop.frame, index]));
  item.rows.sort((a, b) => (order.get(a.frame) ?? Infinity) - (order.get(b.frame) ?? Infinity) || a.frame - b.frame);
  item.row = item.rows[0]!;
  const own = new Map<string, Item["notes"][number]>();
  const add = (note: Note, host: string | null) => {
    const text = host === null ? note.says : `${host}: ${note.says}`;
    // The first sighting and the box may say the same of a loss.
    const known = own.get(text) ?? own.get(note.says);
    if (known) {
      known.trouble ||= note.trouble;
      return;
    }
    if (host !== null && said.has(text)) return;
    said.add(text);
    const kept = { ...note, host };
    own.set(text, kept);
    item.notes.push(kept);
  };
  item.rows.forEach((row, index) => {
    const host = row.at === null || index === 0 ? null : (at.get(row.at) ?? row.at);
    row.notes.forEach((note) => add(note, host));
  });
  if (item.lost) add({ says: item.lost.says, rule: null, trouble: true }, item.lost.place || null);
  item.trouble ||= item.notes.some((note) => note.trouble);
}
