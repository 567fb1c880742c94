// What a page around the viewer offers for a packet and for a bit: the live page breaks them. A static page has none.

import type { Item, Section } from "../story";

export interface PacketAction {
  label: string;
  key?: string;
  run(): void;
}

export interface BitAction {
  label: string;
  run(): void;
}

export interface Actions {
  packet?(item: Item): PacketAction[];
  /** `bit` counts from the section's start. */
  bit?(item: Item, section: Section, bit: number): BitAction[];
}
