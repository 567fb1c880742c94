// Which items of a ladder are shown, and which of them contain a text.

import type { Item } from "./items";
import type { Conversation, Row, Story } from "./types";

/** The name of a conversation: `tcp 0`, in a scene with its capture point. */
export function conversationKey(of: { at: string | null; transport: string | null; stream: number | null }): string {
  return `${of.transport} ${of.stream}${of.at === null ? "" : ` at ${of.at}`}`;
}

/** The rule of a story: in a scene a conversation is one of a capture point. */
export function keyOfRow(story: Story, row: Row): string | null {
  if (row.transport === null || row.stream === null) return null;
  return conversationKey({ ...row, at: story.points.length > 0 ? row.at : null });
}

export function keyOfConversation(story: Story, conversation: Conversation): string {
  return conversationKey({ ...conversation, at: story.points.length > 0 ? conversation.at : null });
}

/** The items of a conversation ("": of all) that the layer filters show. */
export function shownItems(story: Story, items: Item[], conversation: string, layers: number): Item[] {
  return items.filter(
    (item) =>
      (item.layers === 0 || (item.layers & layers) !== 0) &&
      (conversation === "" || item.rows.some((row) => keyOfRow(story, row) === conversation)),
  );
}

/** All that is written on an item, in small letters. */
export function textOf(item: Item): string {
  const { row } = item;
  const messages = row.messages.map((message) => `${message.layer} ${message.says}`);
  const notes = item.notes.map((note) => `${note.host ?? ""} ${note.says} ${note.rule ?? ""}`);
  const flags = row.tcp ? [row.tcp.flags] : [];
  const frames = item.rows.map((one) => `frame ${one.frame}`);
  return [row.from, row.to, ...messages, ...flags, ...notes, ...frames].join("\n").toLowerCase();
}

/** The places of the items that contain a text. */
export function matches(items: Item[], query: string): number[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  return items.flatMap((item, index) => (textOf(item).includes(wanted) ? [index] : []));
}
