// Randomness for a run: splitmix64, a small generator of good quality, and not a secret one. Keys made from it are the
// same in every run with the same seed, so that two runs can be compared byte by byte.
// Tested in test/live-words.test.mjs.

const MASK = (1n << 64n) - 1n;

/** A stream of bytes that a seed decides. */
export class Random {
  #state: bigint;

  constructor(seed: bigint) {
    this.#state = seed & MASK;
  }

  /** The next 64 bits. */
  next(): bigint {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.#state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  }

  /** Fills all of `bytes`. What is left of the last 64 bits is thrown away. */
  fill(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 8) {
      let bits = this.next();
      for (let i = at; i < Math.min(at + 8, bytes.length); i += 1) {
        bytes[i] = Number(bits & 0xffn);
        bits >>= 8n;
      }
    }
  }
}
