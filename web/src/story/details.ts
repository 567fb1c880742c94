// The details of a packet: sections with bytes and fields, and what both ends are in. Read when a packet is looked
// at. Tested in test/viewer-fuzz.test.mjs.

import { count, list, maybe, number, object, or, pair, type Reader, StoryError, text, yes } from "./check";
import type { Details, Ends, Field, Section, TcpEnd } from "./types";

/** Fields in fields: more is a file that no parser of the program writes. */
const DEEPEST = 64;
const MOST_FIELDS = 100_000;
const MOST_BYTES = 1 << 24;

/** Reads the fields of one section; `left` counts how many more there may be. */
function fieldAt(depth: number, left: { fields: number }): Reader<Field> {
  const children: Reader<Field[]> = (value, path) => {
    if (depth >= DEEPEST) throw new StoryError(`fields are nested more than ${DEEPEST} deep`);
    return list(fieldAt(depth + 1, left), MOST_FIELDS)(value, path);
  };
  return object((get) => {
    left.fields -= 1;
    if (left.fields < 0) throw new StoryError(`a section has more than ${MOST_FIELDS} fields`);
    return {
      name: get("name", text),
      value: get("value", maybe(text)),
      comment: get("comment", maybe(text)),
      offset: get("offset", maybe(count)),
      length: get("length", or(count, 0)),
      bits: get("bits", maybe(pair(count))),
      computed: get("computed", or(yes, false)),
      complete: get("complete", or(yes, true)),
      children: get("children", or(children, [])),
    };
  });
}

const bytesOf: Reader<Uint8Array> = (value, path) => {
  if (typeof value !== "string") throw new StoryError(`"${path}" must be base64`);
  if (value.length > MOST_BYTES) throw new StoryError(`"${path}" is longer than ${MOST_BYTES} characters`);
  try {
    return decodeBase64(value);
  } catch {
    throw new StoryError(`"${path}" is not base64`);
  }
};

/** Base64 to bytes, by the browser's own function where it has one. */
export function decodeBase64(value: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as unknown as { fromBase64?(text: string): Uint8Array<ArrayBuffer> };
  if (native.fromBase64) return native.fromBase64(value);
  return Uint8Array.from(atob(value), (c) => c.charCodeAt(0));
}

const error = object((get) => ({
  offset: get("offset", or(count, 0)),
  rule: get("rule", or(text, "")),
  message: get("message", text),
}));

const section: Reader<Section> = object((get) => {
  const data = get("data", or(bytesOf, new Uint8Array()));
  return {
    what: get("what", text),
    bytes: get("bytes", or(count, data.length)),
    data,
    fields: get("fields", or(list(fieldAt(0, { fields: MOST_FIELDS }), MOST_FIELDS), [])),
    error: get("error", maybe(error)),
  };
});

const tcpEnd: Reader<TcpEnd> = object((get) => ({
  state: get("state", text),
  proven: get("proven", or(yes, true)),
  sndUna: get("snd_una", maybe(number)),
  sndNxt: get("snd_nxt", maybe(number)),
  rcvNxt: get("rcv_nxt", maybe(number)),
  rcvWnd: get("rcv_wnd", maybe(number)),
}));

const tlsEnd: Reader<string> = (value, path) =>
  typeof value === "string" ? text(value, path) : object((get) => get("state", text))(value, path);

const secret = object((get) => ({ label: get("label", text), secret: get("secret", text) }));

const ends: Reader<Ends> = object((get) => ({
  tcp: get("tcp", maybe(pair(tcpEnd))),
  tls: get("tls", maybe(pair(tlsEnd))),
  http: get("http", maybe(pair(text))),
  secrets: get("secrets", or(list(secret, 1000), [])),
}));

/** The details in the object of a row. */
export const readDetails: (row: unknown) => Details = (row) =>
  object((get) => ({
    sections: get("sections", or(list(section, 1000), [])),
    before: get("before", maybe(ends)),
    after: get("after", maybe(ends)),
  }))(row, "");
