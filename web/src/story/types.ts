// A story as the page holds it: what `barewire --report` writes, schema barewire.story/2, checked and with every
// member that may be missing filled in. Times are in milliseconds, ranges and lengths in bytes.

/** A host of a ladder. */
export interface Host {
  name: string;
  addresses: string[];
}

/** A capture point of a scene. */
export interface Point {
  at: string;
  host: string;
  packets: number;
}

export type Pair<T> = [client: T, server: T];

export interface Conversation {
  at: string | null;
  transport: string;
  stream: number;
  client: string;
  server: string;
  clientKnown: boolean;
  protocol: string;
  frames: Pair<number>;
  bytes: Pair<number>;
  startMs: number;
  ms: number;
  retransmissions: Pair<number>;
  copies: number;
  lost: number;
  outcome: string;
}

export interface Message {
  layer: string;
  says: string;
  encrypted: boolean;
}

export interface Note {
  says: string;
  rule: string | null;
  trouble: boolean;
}

export interface Segment {
  seq: number;
  ack: number;
  window: number;
  flags: string;
}

/** Where a packet of a scene was seen. */
export interface Stop {
  at: string;
  frame: number;
  sent: boolean;
  ms: number;
}

export type End =
  | { kind: "arrived" | "beyond" | "missing" }
  | { kind: "lost"; place: string; says: string; frame: number; ms: number };

/** The way of one packet through a scene. */
export interface Journey {
  number: number;
  to: string | null;
  stops: Stop[];
  end: End;
}

/** A packet as it was seen at one place. */
export interface Row {
  frame: number;
  ms: number;
  at: string | null;
  transport: string | null;
  stream: number | null;
  from: string;
  to: string;
  hosts: [from: number, to: number] | null;
  toServer: boolean | null;
  payload: number;
  tcp: Segment | null;
  messages: Message[];
  notes: Note[];
  madeUp: boolean;
  lost: boolean;
  journey: Journey | null;
}

export interface Phase {
  name: string;
  startMs: number;
  ms: number;
  roundTrips: number;
  ended: boolean;
}

export interface Budget {
  streams: [transport: string, stream: number][];
  phases: Phase[];
  totalMs: number;
  roundTrips: number;
  roundTripsToFirstByte: number;
  serverFirstMs: number | null;
  tcpRoundTripMs: number | null;
  unanswered: number;
  cut: boolean;
  open: boolean;
}

/** A piece of the time of a request in a scene, with the pieces in it. */
export interface Wait {
  doing: string;
  host: string | null;
  name: string | null;
  startMs: number;
  ms: number;
  ended: boolean;
  parts: Wait[];
}

export interface Tally {
  frames: number;
  rows: number;
  withoutRow: { reason: string; frames: number; first: number }[];
  cut: string | null;
}

export interface Story {
  file: string;
  title: string | null;
  command: string[] | null;
  hosts: Host[];
  points: Point[];
  conversations: Conversation[];
  rows: Row[];
  budgets: Budget[];
  waits: Wait[];
  tally: Tally | null;
  /** What to look at in a scene: several lines. */
  look: string | null;
  text: string | null;
}

/** A field of a section. `bits` count from the most significant bit of the first byte of the parent field. */
export interface Field {
  name: string;
  value: string | null;
  comment: string | null;
  offset: number | null;
  length: number;
  bits: [start: number, length: number] | null;
  computed: boolean;
  complete: boolean;
  children: Field[];
}

/** A part of a packet with a byte space of its own: IP packet, TLS records, an opened record, DNS message. */
export interface Section {
  what: string;
  bytes: number;
  data: Uint8Array;
  fields: Field[];
  error: { offset: number; rule: string; message: string } | null;
}

export interface TcpEnd {
  state: string;
  proven: boolean;
  sndUna: number | null;
  sndNxt: number | null;
  rcvNxt: number | null;
  rcvWnd: number | null;
}

/** What both ends of a conversation are in. */
export interface Ends {
  tcp: Pair<TcpEnd> | null;
  tls: Pair<string> | null;
  http: Pair<string> | null;
  secrets: { label: string; secret: string }[];
}

/** What is read for one packet, when it is looked at. */
export interface Details {
  sections: Section[];
  before: Ends | null;
  after: Ends | null;
}

/** A story, and where the details of its packets come from. */
export interface Source {
  story: Story;
  details(frame: number): Promise<Details>;
}
