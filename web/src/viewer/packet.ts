// What is chosen in the panes of a packet: a section, a field in it, a byte, a bit. Choosing one of them chooses the
// others. From packet to packet the section and the path of the field are kept, so that one can step and look at how
// one field changes.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Details, Source } from "../story";
import { type Node, nodeAtPath, nodeOfBit, nodeOfByte, pathOf, type Tree, treeOf } from "./nodes";

export interface Chosen {
  section: number;
  node: Node | null;
  byte: number | null;
  bit: number | null;
}

export interface Packet {
  trees: Tree[];
  tree: Tree | null;
  chosen: Chosen;
  chooseSection(index: number): void;
  chooseNode(node: Node): void;
  chooseByte(byte: number): void;
  chooseBit(bit: number): void;
}

export interface Loaded {
  details: Details | null;
  error: string | null;
  /** The details wanted are not there yet; those of the packet before are shown until then, so that nothing jumps. */
  busy: boolean;
}

interface Kept {
  source: Source | null;
  frame: number | null;
  details: Details | null;
  error: string | null;
}

const NOTHING: Kept = { source: null, frame: null, details: null, error: null };

/** The details of a frame. */
export function useDetails(source: Source | null, frame: number | null): Loaded {
  const [kept, setKept] = useState<Kept>(NOTHING);
  useEffect(() => {
    if (!source || frame === null) return;
    let wanted = true;
    const show = (details: Details | null, error: string | null) => {
      if (wanted) setKept({ source, frame, details, error });
    };
    source.details(frame).then(
      (details) => show(details, null),
      (error: unknown) => show(null, error instanceof Error ? error.message : String(error)),
    );
    return () => {
      wanted = false;
    };
  }, [source, frame]);
  const { details, error } = source ? kept : NOTHING;
  return { details, error, busy: kept.source !== source || kept.frame !== frame };
}

interface Memory {
  what: string;
  path: string[];
  place: number;
}

/** The section that is shown: of the name that was chosen last, else the IP packet. */
function recall(trees: Tree[], memory: Memory | null): Chosen {
  const same = memory ? trees.findIndex((tree) => tree.section.what === memory.what) : -1;
  const packet = trees.findIndex((tree) => tree.section.what === "IP packet");
  const section = Math.max(same >= 0 ? same : packet, 0);
  const tree = trees[section];
  const node = memory && same >= 0 && tree ? nodeAtPath(tree, memory.path) : null;
  return { section, node, byte: node?.start ?? null, bit: node?.bits?.[0] ?? null };
}

export function usePacket(details: Details | null): Packet {
  const trees = useMemo(() => details?.sections.map(treeOf) ?? [], [details]);
  const [memory, setMemory] = useState<Memory | null>(null);
  const [state, setState] = useState<{ trees: Tree[]; chosen: Chosen } | null>(null);
  const chosen = useMemo(
    () => (state && state.trees === trees ? state.chosen : recall(trees, memory)),
    [state, trees, memory],
  );
  const tree = trees[chosen.section] ?? null;
  const choose = (next: Chosen) => {
    setState({ trees, chosen: next });
    const what = trees[next.section]?.section.what ?? "";
    setMemory({ what, path: next.node ? pathOf(next.node) : [], place: next.section });
  };
  const { section } = chosen;
  return {
    trees,
    tree,
    chosen,
    chooseSection: (index) => choose({ section: index, node: null, byte: null, bit: null }),
    chooseNode: (node) => choose({ section, node, byte: node.start, bit: node.bits?.[0] ?? null }),
    chooseByte: (byte) => tree && choose({ section, node: nodeOfByte(tree, byte), byte, bit: null }),
    chooseBit: (bit) => tree && choose({ section, node: nodeOfBit(tree, bit), byte: bit >> 3, bit }),
  };
}
