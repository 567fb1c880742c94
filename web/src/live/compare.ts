// Are two captures equal? To the byte, or in how many bytes they differ. Tested in test/live-words.test.mjs.

export interface Difference {
  /** Bytes that differ, those that only the longer one has included. */
  bytes: number;
  /** The first of them. */
  first: number;
}

/** Null: they are equal. */
export function difference(one: Uint8Array, other: Uint8Array): Difference | null {
  const shorter = Math.min(one.length, other.length);
  let [bytes, first] = [Math.max(one.length, other.length) - shorter, shorter];
  for (let i = shorter - 1; i >= 0; i -= 1) {
    if (one[i] !== other[i]) {
      bytes += 1;
      first = i;
    }
  }
  return bytes === 0 ? null : { bytes, first };
}

/** The same in words. */
export function inWords(one: Uint8Array, other: Uint8Array): string {
  const found = difference(one, other);
  if (found === null) return "equal to the byte";
  const number = (value: number) => value.toLocaleString("en");
  return one.length === other.length
    ? `${number(found.bytes)} of ${number(one.length)} bytes of the capture differ, the first at ${number(found.first)}`
    : `captures of ${number(one.length)} and ${number(other.length)} bytes, equal up to byte ${number(found.first)}`;
}
