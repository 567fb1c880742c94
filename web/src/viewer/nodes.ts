// The fields of a section with their places in it: which bytes and bits a field has, and which field a byte or a bit
// belongs to. Bits are counted from the section's start, the most significant bit of a byte first.
// Tested in test/viewer-packet.test.mjs.

import type { Field, Section } from "../story";

export interface Node {
  id: number;
  field: Field;
  parent: Node | null;
  depth: number;
  children: Node[];
  /** Its place among its siblings, from 1, and how many these are. */
  position: number;
  siblings: number;
  /** Its bytes, cut to those that are there; null where it has none. */
  start: number | null;
  end: number;
  /** Its bits, where it is a part of bytes. */
  bits: [start: number, end: number] | null;
}

export interface Tree {
  section: Section;
  roots: Node[];
  all: Node[];
  /** The innermost field of each byte: its id, or -1. */
  owner: Int32Array;
  /** Whether the field of a byte is drawn in the second shade. */
  odd: Uint8Array;
}

/** Bytes that are painted at the most, over all fields: a bound for files in which each field claims all bytes. */
const MOST_PAINTED = 1 << 24;

export function treeOf(section: Section): Tree {
  const all: Node[] = [];
  const size = section.data.length;
  const owner = new Int32Array(size).fill(-1);
  let painted = 0;
  const add = (field: Field, parent: Node | null, position: number, siblings: number): Node => {
    const node: Node = {
      id: all.length,
      field,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      children: [],
      position,
      siblings,
      start: null,
      end: 0,
      bits: null,
    };
    all.push(node);
    if (field.bits && parent && parent.start !== null) {
      const start = Math.min(parent.start * 8 + field.bits[0], size * 8);
      const end = Math.min(start + field.bits[1], size * 8);
      if (end > start) Object.assign(node, { bits: [start, end], start: start >> 3, end: (end + 7) >> 3 });
    } else if (field.offset !== null && !field.computed) {
      node.start = Math.min(field.offset, size);
      node.end = Math.min(field.offset + field.length, size);
      painted += node.end - node.start;
      if (painted <= MOST_PAINTED) owner.fill(node.id, node.start, node.end);
    }
    node.children = field.children.map((child, index) => add(child, node, index + 1, field.children.length));
    return node;
  };
  const roots = section.fields.map((field, index) => add(field, null, index + 1, section.fields.length));
  return { section, roots, all, owner, odd: shades(owner) };
}

/** Neighbouring fields get different shades. */
function shades(owner: Int32Array): Uint8Array {
  const odd = new Uint8Array(owner.length);
  for (let at = 1; at < owner.length; at += 1) {
    odd[at] = owner[at] === owner[at - 1] ? odd[at - 1]! : 1 - odd[at - 1]!;
  }
  return odd;
}

/** The innermost field that has this byte. */
export function nodeOfByte(tree: Tree, byte: number): Node | null {
  return tree.all[tree.owner[byte] ?? -1] ?? null;
}

/** The field that has this bit: a bit field of the byte's field, or that field. */
export function nodeOfBit(tree: Tree, bit: number): Node | null {
  const node = nodeOfByte(tree, bit >> 3);
  return node?.children.find(({ bits }) => bits && bits[0] <= bit && bit < bits[1]) ?? node;
}

/** The names from the outermost field to this one. */
export function pathOf(node: Node): string[] {
  const names = [];
  for (let at: Node | null = node; at; at = at.parent) names.unshift(at.field.name);
  return names;
}

/** The field at a path, where this packet has one too. */
export function nodeAtPath(tree: Tree, path: string[]): Node | null {
  let nodes = tree.roots;
  let found: Node | null = null;
  for (const name of path) {
    found = nodes.find((node) => node.field.name === name) ?? null;
    if (!found) return null;
    nodes = found.children;
  }
  return found;
}

const RULE = /RFC \d+(?: §[\w.]*\w)?/;

/** The RFC of a field: in its own comment, or in that of the nearest field around it. */
export function ruleOf(node: Node): string | null {
  for (let at: Node | null = node; at; at = at.parent) {
    const rule = at.field.comment?.match(RULE)?.[0];
    if (rule) return rule;
  }
  return null;
}

/** Bytes whose bits are shown one by one: those of a field with bit fields, or one byte. */
export function bytesWithBits(
  tree: Tree,
  node: Node | null,
  byte: number | null,
): [start: number, end: number] | null {
  const whole = node?.bits ? node.parent : node;
  if (whole?.children.some((child) => child.bits) && whole.start !== null && whole.end - whole.start <= 4) {
    if (byte === null || (whole.start <= byte && byte < whole.end)) return [whole.start, whole.end];
  }
  if (byte === null || byte >= tree.section.data.length) return null;
  return [byte, byte + 1];
}

/** Bytes 12 to 15, or bits 4 to 7 of byte 0: where a field is. */
export function placeOf(node: Node): string {
  if (node.field.computed) return "computed";
  if (node.start === null) return "no bytes";
  if (node.bits) {
    const [first, last] = [node.bits[0], node.bits[1] - 1];
    const base = (node.parent?.start ?? node.start) * 8;
    const bits = first === last ? `bit ${first - base}` : `bits ${first - base} to ${last - base}`;
    return `${bits} from byte ${base / 8}`;
  }
  const length = node.end - node.start;
  if (length === 0) return `no bytes, at ${node.start}`;
  return length === 1 ? `byte ${node.start}` : `bytes ${node.start} to ${node.end - 1} (${length})`;
}
