// The layers: how they are filtered, and how a packet's text and colour name them.

import type { Row } from "./types";

/** The four filters, by their key. */
export const FILTERS = [
  { key: "1", name: "DNS, UDP", layers: ["DNS", "UDP"] },
  { key: "2", name: "TCP", layers: ["TCP"] },
  { key: "3", name: "TLS", layers: ["TLS"] },
  { key: "4", name: "HTTP", layers: ["HTTP", "H2"] },
] as const;

/** All four. */
export const ALL = 0b1111;

/** The filter that a layer belongs to, as a bit; 0 for a layer that is always shown. */
function bitOf(layer: string): number {
  const index = FILTERS.findIndex((filter) => (filter.layers as readonly string[]).includes(layer));
  return index < 0 ? 0 : 1 << index;
}

/** The filters that show a row. A row with a layer that has no filter is shown always: 0. */
export function layersOf(row: Row): number {
  let bits = 0;
  for (const message of row.messages) {
    const bit = bitOf(message.layer);
    if (bit === 0) return 0;
    bits |= bit;
  }
  return bits;
}

const CLASSES: Record<string, string> = {
  DNS: "dns",
  UDP: "udp",
  TCP: "tcp",
  TLS: "tls",
  HTTP: "http",
  H2: "http",
  ICMP: "icmp",
  ARP: "arp",
  IP: "ip",
};

/** The class that colours a layer. */
export function layerClass(layer: string): string {
  return CLASSES[layer] ?? "other";
}

/** The layer that colours a packet: that of its last message, which is the highest. */
export function topLayer(row: Row): string {
  return row.messages.findLast((message) => message.layer !== "TCP")?.layer ?? row.messages.at(-1)?.layer ?? "IP";
}
