// What the viewer shows of one story, or of two: the lines that the filters leave, which one is chosen, and which
// contain the text that is searched for. A line is a pair: in one story the other side is empty.

import { useMemo, useState } from "preact/hooks";
import {
  ALL,
  align,
  type Item,
  itemsOf,
  keyOfConversation,
  matches,
  type Pairing,
  shownItems,
  type Story,
} from "../story";

export interface Choice {
  lines: Pairing[];
  /** The items of the first story, as the lines have them. */
  items: Item[];
  at: number;
  line: Pairing | null;
  choose(line: Pairing | null | undefined): void;
  /** Chooses the packet that has this frame; false where none has it. */
  chooseFrame(frame: number): boolean;
  conversation: string;
  setConversation(key: string): void;
  layers: number;
  toggleLayer(bit: number): void;
  query: string;
  setQuery(query: string): void;
  found: number[];
}

const hasFrame = (item: Item | null, frame: number) => item?.rows.some((row) => row.frame === frame) ?? false;

export function useChoice(story: Story, other: Story | null, frame: number | null): Choice {
  const [wanted, setWanted] = useState<{ line: Pairing | null; frame: number | null }>({ line: null, frame });
  const [conversation, setConversation] = useState("");
  const [layers, setLayers] = useState(ALL);
  const [query, setQuery] = useState("");
  const all = useMemo(() => itemsOf(story), [story]);
  const others = useMemo(() => (other ? itemsOf(other) : null), [other]);
  const chosen = useMemo(
    () => conversation !== "" && story.conversations.some((one) => keyOfConversation(story, one) === conversation),
    [story, conversation],
  );
  const key = chosen ? conversation : "";
  const lines = useMemo(() => {
    const own = shownItems(story, all, key, layers);
    if (!others || !other) return own.map((item): Pairing => ({ own: item, other: null, sign: "=" }));
    return align(own, shownItems(other, others, key, layers));
  }, [story, all, other, others, key, layers]);
  const items = useMemo(() => lines.flatMap((line) => line.own ?? []), [lines]);
  const found = useMemo(() => {
    const inOwn = new Set(matches(items, query).map((index) => items[index]));
    const across = lines.flatMap((line) => line.other ?? []);
    const inOther = new Set(matches(across, query).map((index) => across[index]));
    return lines.flatMap((line, index) =>
      (line.own && inOwn.has(line.own)) || (line.other && inOther.has(line.other)) ? [index] : [],
    );
  }, [lines, items, query]);
  const at = useMemo(() => placeOf(lines, wanted.line, wanted.frame), [lines, wanted]);
  const line = lines[at] ?? null;
  const choose = (next: Pairing | null | undefined) => {
    if (next) setWanted({ line: next, frame: (next.own ?? next.other)!.frame });
  };
  const chooseFrame = (next: number) => {
    const found = all.some((item) => hasFrame(item, next));
    if (found) setWanted({ line: null, frame: next });
    return found;
  };
  const toggleLayer = (bit: number) => setLayers((old) => old ^ bit);
  return {
    lines,
    items,
    at,
    line,
    choose,
    chooseFrame,
    conversation: key,
    setConversation,
    layers,
    toggleLayer,
    query,
    setQuery,
    found,
  };
}

/** The line that is wanted; where it is not shown, or the story is another one, the next one by its frame. */
function placeOf(lines: Pairing[], wanted: Pairing | null, frame: number | null): number {
  if (lines.length === 0) return -1;
  const same = wanted
    ? lines.findIndex((line) => (wanted.own ? line.own === wanted.own : line.other === wanted.other))
    : -1;
  if (same >= 0) return same;
  if (frame === null) return 0;
  const own = lines.findIndex((line) => hasFrame(line.own, frame));
  if (own >= 0) return own;
  const next = lines.findIndex((line) => (line.own ?? line.other)!.frame >= frame);
  return next >= 0 ? next : lines.length - 1;
}
