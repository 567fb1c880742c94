// The keys of the viewer, in one table: what they do, and what the help says. Keys of one pane (arrows in the tree and
// in the bytes) are handled there. No key does anything in an input, nor with Ctrl, Alt or Meta.

export type Command =
  | "next"
  | "previous"
  | "first"
  | "last"
  | "pageDown"
  | "pageUp"
  | "find"
  | "nextMatch"
  | "previousMatch"
  | "filter1"
  | "filter2"
  | "filter3"
  | "filter4"
  | "previousTrouble"
  | "nextTrouble"
  | "text"
  | "help";

export const KEYS: { keys: string[]; command: Command; says: string }[] = [
  { keys: ["j", "ArrowDown"], command: "next", says: "the next packet" },
  { keys: ["k", "ArrowUp"], command: "previous", says: "the packet before" },
  { keys: ["Home"], command: "first", says: "the first packet" },
  { keys: ["End"], command: "last", says: "the last packet" },
  { keys: ["PageDown"], command: "pageDown", says: "ten packets on" },
  { keys: ["PageUp"], command: "pageUp", says: "ten packets back" },
  { keys: ["]"], command: "nextTrouble", says: "the next loss or trouble" },
  { keys: ["["], command: "previousTrouble", says: "the loss or trouble before" },
  { keys: ["/"], command: "find", says: "find text in the ladder" },
  { keys: ["n"], command: "nextMatch", says: "the next match" },
  { keys: ["N"], command: "previousMatch", says: "the match before" },
  { keys: ["1"], command: "filter1", says: "DNS and other UDP on or off" },
  { keys: ["2"], command: "filter2", says: "TCP without content on or off" },
  { keys: ["3"], command: "filter3", says: "TLS on or off" },
  { keys: ["4"], command: "filter4", says: "HTTP on or off" },
  { keys: ["t"], command: "text", says: "the text of the terminal, or the ladder" },
  { keys: ["?"], command: "help", says: "this help" },
];

/** Keys that scroll the page or move in a pane: they belong to the ladder only while it has the focus, or nothing. */
const OF_LADDER = new Set(["ArrowDown", "ArrowUp", "Home", "End", "PageDown", "PageUp"]);

const BY_KEY = new Map(KEYS.flatMap(({ keys, command }) => keys.map((key) => [key, command] as const)));

/** Whether text is typed into this element. */
function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Whether a key may do something: not in an input, and not as a part of a chord. */
export function isFree(event: KeyboardEvent): boolean {
  return !event.defaultPrevented && !event.ctrlKey && !event.altKey && !event.metaKey && !takesText(event.target);
}

/** What a key asks for. */
export function commandOf(event: KeyboardEvent): Command | null {
  if (!isFree(event)) return null;
  if (OF_LADDER.has(event.key)) {
    const target = event.target as Element | null;
    const inLadder = target?.closest?.("[role=listbox]") || target === document.body;
    if (!inLadder) return null;
  }
  return BY_KEY.get(event.key) ?? null;
}

/** How a key is written in the help. */
export function keyName(key: string): string {
  return { ArrowDown: "↓", ArrowUp: "↑", PageDown: "Page ↓", PageUp: "Page ↑" }[key] ?? key;
}
