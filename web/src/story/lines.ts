// The lines of a story, kind by kind. What each means is written down in the program's schema of `--report`.

import { count, list, maybe, number, object, or, pair, type Reader, StoryError, text, time, yes } from "./check";
import type {
  Budget,
  Conversation,
  End,
  Host,
  Journey,
  Message,
  Note,
  Phase,
  Point,
  Row,
  Segment,
  Stop,
  Tally,
  Wait,
} from "./types";

/** Members of a list: bounds for a hostile file, far above what the program writes. */
const MANY = 100_000;
const SOME = 4096;

export const host: Reader<Host & { id: number }> = object((get) => ({
  id: get("id", count),
  name: get("name", text),
  addresses: get("addresses", or(list(text, SOME), [])),
}));

export const point: Reader<Point> = object((get) => ({
  at: get("at", text),
  host: get("host", text),
  packets: get("packets", or(count, 0)),
}));

export const conversation: Reader<Conversation> = object((get) => ({
  at: get("at", maybe(text)),
  transport: get("transport", text),
  stream: get("stream", count),
  client: get("client", text),
  server: get("server", text),
  clientKnown: get("client_known", or(yes, true)),
  protocol: get("protocol", or(text, "")),
  frames: get("frames", pair(count)),
  bytes: get("bytes", pair(count)),
  startMs: get("start_ms", number),
  ms: get("ms", time),
  retransmissions: get("retransmissions", or(pair(count), [0, 0])),
  copies: get("copies", or(count, 0)),
  lost: get("lost", or(count, 0)),
  outcome: get("outcome", or(text, "")),
}));

const message: Reader<Message> = object((get) => ({
  layer: get("layer", text),
  says: get("says", text),
  encrypted: get("encrypted", or(yes, false)),
}));

const note: Reader<Note> = object((get) => ({
  says: get("says", text),
  rule: get("rule", maybe(text)),
  trouble: get("trouble", or(yes, false)),
}));

const segment: Reader<Segment> = object((get) => ({
  seq: get("seq", number),
  ack: get("ack", or(number, 0)),
  window: get("window", or(number, 0)),
  flags: get("flags", text),
}));

const stop: Reader<Stop> = object((get) => ({
  at: get("at", text),
  frame: get("frame", count),
  sent: get("sent", yes),
  ms: get("ms", number),
}));

const end: Reader<End> = object((get): End => {
  const kind = get("kind", text);
  if (kind === "arrived" || kind === "beyond" || kind === "missing") return { kind };
  if (kind !== "lost") {
    throw new StoryError(
      `the end of a journey is arrived, beyond, missing or lost; there was "${kind.slice(0, 60)}"`,
    );
  }
  return {
    kind,
    place: get("place", text),
    says: get("says", text),
    frame: get("frame", count),
    ms: get("ms", number),
  };
});

const journey: Reader<Journey> = object((get) => ({
  number: get("number", count),
  to: get("to", maybe(text)),
  stops: get("stops", list(stop, SOME)),
  end: get("end", end),
}));

export const row: Reader<Row> = object((get) => ({
  frame: get("frame", count),
  ms: get("ms", number),
  at: get("at", maybe(text)),
  transport: get("transport", maybe(text)),
  stream: get("stream", maybe(count)),
  from: get("from", text),
  to: get("to", text),
  hosts: get("hosts", maybe(pair(count))),
  toServer: get("to_server", maybe(yes)),
  payload: get("payload", or(count, 0)),
  tcp: get("tcp", maybe(segment)),
  messages: get("messages", list(message, SOME)),
  notes: get("notes", or(list(note, SOME), [])),
  madeUp: get("made_up", or(yes, false)),
  lost: get("lost", or(yes, false)),
  journey: get("journey", maybe(journey)),
}));

const phase: Reader<Phase> = object((get) => ({
  name: get("name", text),
  startMs: get("start_ms", number),
  ms: get("ms", time),
  roundTrips: get("round_trips", or(count, 0)),
  ended: get("ended", or(yes, true)),
}));

const stream: Reader<[string, number]> = (value, path) => {
  const [transport, number] = pair((one) => one)(value, path);
  return [text(transport, `${path}[0]`), count(number, `${path}[1]`)];
};

export const budget: Reader<Budget> = object((get) => ({
  streams: get("streams", or(list(stream, MANY), [])),
  phases: get("phases", list(phase, SOME)),
  totalMs: get("total_ms", number),
  roundTrips: get("round_trips", or(count, 0)),
  roundTripsToFirstByte: get("round_trips_to_first_byte", or(count, 0)),
  serverFirstMs: get("server_first_ms", maybe(number)),
  tcpRoundTripMs: get("tcp_round_trip_ms", maybe(number)),
  unanswered: get("unanswered", or(count, 0)),
  cut: get("cut", or(yes, false)),
  open: get("open", or(yes, false)),
}));

/** Waits in waits: a request that waits for another server's, and so on. */
const DEEPEST = 32;

function waitAt(depth: number): Reader<Wait> {
  const parts: Reader<Wait[]> = (value, path) => {
    if (depth > DEEPEST) throw new StoryError(`waits are nested more than ${DEEPEST} deep`);
    return list(waitAt(depth + 1), SOME)(value, path);
  };
  return object((get) => ({
    doing: get("doing", text),
    host: get("host", maybe(text)),
    name: get("name", maybe(text)),
    startMs: get("start_ms", number),
    ms: get("ms", time),
    ended: get("ended", or(yes, true)),
    parts: get("parts", or(parts, [])),
  }));
}

export const wait: Reader<Wait> = waitAt(0);

const without = object((get) => ({
  reason: get("reason", text),
  frames: get("frames", count),
  first: get("first", or(count, 0)),
}));

export const tally: Reader<Tally> = object((get) => ({
  frames: get("frames", count),
  rows: get("rows", count),
  withoutRow: get("without_row", or(list(without, SOME), [])),
  cut: get("cut", maybe(text)),
}));
