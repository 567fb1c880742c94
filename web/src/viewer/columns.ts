// Which hosts have a column in the ladder, and where arrows begin and end. A place is a number of columns from the
// left: 1.5 is the middle of the wire between the second and the third host.

import { type Item, type Story, UNSEEN } from "../story";

export interface Columns {
  /** The hosts that have a line of their own, by their place in the story. */
  hosts: number[];
  names: string[];
  /** One more line, for hosts that have none: its place. */
  rest: number | null;
  place(host: number): number;
}

/** An arrow over the lines of the hosts. */
export interface Arrow {
  from: number;
  to: number;
  /** Lines of hosts that passed it on. */
  via: number[];
  end: "head" | "cross" | "question" | "dot";
}

/** Chooses the columns for these items: at most `most`. Hosts at which a packet begins or ends come first. */
export function columnsOf(story: Story, items: Item[], most: number): Columns {
  const ends = new Map<number, number>();
  const passed = new Set<number>();
  let unseen = false;
  for (const item of items) {
    const { from, to, via, fate } = item;
    for (const host of [from, to ?? from]) {
      if (host === UNSEEN) unseen ||= fate === "arrived" || host === from;
      else ends.set(host, (ends.get(host) ?? 0) + 1);
    }
    via.forEach((host) => host !== UNSEEN && passed.add(host));
  }
  let hosts = [...new Set([...ends.keys(), ...passed])].sort((a, b) => a - b);
  const room = Math.max(2, most - (unseen ? 1 : 0));
  if (hosts.length > room) {
    // Hosts that only pass packets on go first, then those with the fewest packets.
    const busy = [...hosts].sort((a, b) => (ends.get(b) ?? 0) - (ends.get(a) ?? 0) || a - b);
    const kept = new Set(busy.slice(0, unseen ? room : room - 1));
    const crowded = hosts.some((host) => !kept.has(host) && ends.has(host));
    hosts = hosts.filter((host) => kept.has(host));
    return make(story, hosts, crowded || unseen ? (crowded ? "others" : "unseen") : null);
  }
  return make(story, hosts, unseen ? "unseen" : null);
}

function make(story: Story, hosts: number[], rest: string | null): Columns {
  const places = new Map(hosts.map((host, index) => [host, index]));
  const names = hosts.map((host) => story.hosts[host]?.name ?? "?");
  if (rest) names.push(rest);
  const beyond = rest ? hosts.length : null;
  return { hosts, names, rest: beyond, place: (host) => places.get(host) ?? beyond ?? 0 };
}

/** The arrow of an item. */
export function arrowOf(story: Story, item: Item, columns: Columns): Arrow | null {
  if (columns.names.length === 0) return null;
  const known = new Set(columns.hosts);
  // A host without a line is passed over; the others stand on their lines.
  const via = item.via.filter((host) => known.has(host)).map((host) => columns.place(host));
  const from = columns.place(item.from);
  if (item.to === null) return { from, to: from, via: [], end: "dot" };
  const last = via.at(-1) ?? from;
  const target = columns.place(item.to);
  if (item.fate === "arrived") {
    if (from === target) return { from, to: from, via: [], end: "dot" };
    return { from, to: target, via: via.filter((place) => place !== from && place !== target), end: "head" };
  }
  const lostAt = item.lost ? placeOf(story, item.lost.place, last, columns) : null;
  const towards = target === last ? (item.row.toServer === false ? last - 1 : last + 1) : target;
  const to = lostAt ?? last + Math.sign(towards - last) / 2;
  const edge = Math.max(columns.names.length - 1, 0);
  return {
    from,
    to: Math.min(Math.max(to, 0), Math.max(edge, 0.5)),
    via: via.filter((place) => place !== from && place !== to),
    end: item.fate === "lost" ? "cross" : "question",
  };
}

/** Where a packet was lost whose last stop was at `last`: at a host, or on a wire, which has the names of both ends. */
function placeOf(story: Story, place: string, last: number, columns: Columns): number | null {
  const own = columns.hosts.find((host) => story.hosts[host]?.name === place);
  if (own !== undefined) return columns.place(own);
  const isEnd = (name: string) => place.startsWith(`${name}-`) || place.endsWith(`-${name}`);
  const ends = columns.hosts.filter((host) => isEnd(story.hosts[host]!.name)).map((host) => columns.place(host));
  if (ends.length === 2) return (ends[0]! + ends[1]!) / 2;
  return ends.length === 1 && ends[0] !== last ? (ends[0]! + last) / 2 : null;
}
