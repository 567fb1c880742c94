// A story: its types, how it is read, and what a ladder draws of it.

export type {
  Budget,
  Conversation,
  Details,
  Ends,
  Field,
  Host,
  Message,
  Note,
  Row,
  Section,
  Source,
  Story,
  TcpEnd,
  Wait,
} from "./types";
export { printable, StoryError } from "./check";
export { readStory, SCHEMA } from "./read";
export { decodeBase64, readDetails } from "./details";
export { DetailsCache, type Range } from "./cache";
export { type Item, itemsOf, UNSEEN } from "./items";
export { ALL, FILTERS, layerClass, topLayer } from "./layers";
export { keyOfConversation, keyOfRow, matches, shownItems } from "./filter";
export { align, meaning, type Pairing, type Sign, summary } from "./align";
