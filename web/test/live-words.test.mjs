// Words, settings, links, comparison and the seeded randomness of the live page: without a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../build/bundle.mjs";

const { splitWords, quoteWord, commandLine } = await load("src/live/shell.ts");
const { argsOf, FIRST, hashOf, seedOf, settingsOf } = await load("src/live/settings.ts");
const { delayOf, inWords, parseBreakage } = await load("src/live/breakage.ts");
const { difference, inWords: compared } = await load("src/live/compare.ts");
const { stem } = await load("src/live/save.ts");
const { nameFor } = await load("src/live/dropped.ts");
const { Random } = await load("src/engine/random.ts");

test("flags are taken apart as a shell does it", () => {
  for (const [line, words] of [
    ["", []],
    ["  -v   --max-time 3 ", ["-v", "--max-time", "3"]],
    ["-H 'accept: text/plain' -d \"a b\"", ["-H", "accept: text/plain", "-d", "a b"]],
    ["a\\ b \"\\\"\" '\\' ''", ["a b", '"', "\\", ""]],
    ["a'b'\"c\"", ["abc"]],
  ]) {
    assert.deepEqual(splitWords(line), words, line);
  }
});

test("flags that a shell would not take are refused with a sentence", () => {
  assert.throws(() => splitWords("-H 'open"), /opened by ', and is not closed/);
  assert.throws(() => splitWords("-v\\"), /backslash/);
  for (const line of ["-v; ls", "-v | less", "$HOME", "`id`", "> file"]) {
    assert.throws(() => splitWords(line), /A shell would act on/, line);
  }
});

test("each word that is quoted comes back from a shell", () => {
  for (const word of ["", "a", "a b", "it's", "$x", "\\", "https://h/?a=1&b=2", "[::1]:443", "\u202e", "-", "*"]) {
    assert.deepEqual(splitWords(quoteWord(word)), [word]);
  }
  assert.equal(commandLine(["fetch", "https://h/?a&b"]), "barewire fetch 'https://h/?a&b'");
});

test("settings are a command line; what is as usual is left out", () => {
  assert.deepEqual(argsOf(FIRST), ["fetch", "https://www.example.test/"]);
  const breakages = [
    { kind: "drop", frame: 7 },
    { kind: "flip", frame: 12, bit: 9 },
    { kind: "delay", frame: 5, ms: 100 },
    { kind: "close", place: "203.0.113.80:443" },
  ];
  assert.deepEqual(argsOf({ ...FIRST, rtt: "80", loss: "2.5", seed: "7", flags: "-v", breakages }).slice(2), [
    "--rtt",
    "80",
    "--loss",
    "2.5",
    "--seed",
    "7",
    "--drop",
    "7",
    "--flip",
    "12:9",
    "--delay",
    "5:100",
    "--close",
    "203.0.113.80:443",
    "-v",
  ]);
  const scene = { ...FIRST, what: "scene", scene: "home", rtt: "80", seed: "2" };
  assert.deepEqual(argsOf(scene), ["scene", "home", "--seed", "2"]);
  assert.deepEqual(breakages.map(inWords), [
    "drop frame 7",
    "flip bit 9 of frame 12",
    "delay frame 5 by 100 ms",
    "close 203.0.113.80:443",
  ]);
});

test("settings that cannot be run say why", () => {
  for (const [part, says] of [
    [{ rtt: "-1" }, /milliseconds/],
    [{ rtt: "1e9" }, /milliseconds/],
    [{ loss: "101" }, /percentage/],
    [{ seed: "18446744073709551616" }, /seed/],
    [{ seed: "x" }, /seed/],
    [{ url: " " }, /URL is empty/],
    [{ url: "https://www.example.test/\0" }, /control character, U\+0000/],
    [{ flags: "-H 'a: \u001b'" }, /control character, U\+001B/],
    [{ what: "scene", scene: "home\n" }, /control character, U\+000A/],
  ]) {
    assert.throws(() => argsOf({ ...FIRST, ...part }), says);
  }
  assert.equal(seedOf({ ...FIRST, seed: "18446744073709551615" }), 18446744073709551615n);
  assert.deepEqual(argsOf({ ...FIRST, rtt: "", loss: "", seed: "" }), argsOf(FIRST));
});

test("settings survive a link, whatever is in them", () => {
  assert.equal(hashOf(FIRST), "");
  for (const settings of [
    { ...FIRST, url: "https://www.example.test/bytes/5?a=1&b=+#x%20", rtt: "80", flags: "-H 'a: b&c+d' -v" },
    { ...FIRST, what: "scene", scene: "two_paths", seed: "9" },
    {
      ...FIRST,
      breakages: ["drop=3", "close=[::1]:443", "flip=2:0", "delay=1:2.5", "drop=1"].map((one) =>
        parseBreakage(...one.split(/=(.*)/).slice(0, 2)),
      ),
    },
  ]) {
    assert.deepEqual(settingsOf(`#${hashOf(settings)}`), settings);
  }
  assert.equal(hashOf({ ...FIRST, rtt: "80", breakages: [{ kind: "drop", frame: 7 }] }), "rtt=80&drop=7");
});

test("a link that asks for what cannot be done is refused; what it says beyond that is left alone", () => {
  for (const hash of [
    "drop=x",
    "drop=0",
    "flip=1",
    "flip=1:a",
    "delay=1:-1",
    "close=",
    "close=a b:1",
    "drop=1:2",
    `flags=${"v".repeat(3000)}`,
    "drop=1&".repeat(101),
  ]) {
    assert.throws(() => settingsOf(hash), /link/, hash.slice(0, 20));
  }
  assert.deepEqual(settingsOf("#later=1&rtt=80"), { ...FIRST, rtt: "80" });
});

test("a delay that was typed is one that the program and a link take", () => {
  for (const [typed, ms] of [
    ["", 0],
    ["x", 0],
    ["-1", 0],
    ["1e-9", 0],
    ["2.0005", 2.001],
    ["1e300", 100_000],
    ["Infinity", 100_000],
    ["250", 250],
  ]) {
    const breakage = { kind: "delay", frame: 1, ms: delayOf(typed) };
    assert.equal(breakage.ms, ms, typed);
    assert.deepEqual(settingsOf(`#${hashOf({ ...FIRST, breakages: [breakage] })}`).breakages, [breakage]);
  }
  assert.equal(hashOf({ ...FIRST, url: "https://a/\ud800" }), "fetch=https://a/%EF%BF%BD");
});

test("captures are compared byte by byte", () => {
  const bytes = (...list) => Uint8Array.from(list);
  assert.equal(difference(bytes(1, 2), bytes(1, 2)), null);
  assert.deepEqual(difference(bytes(1, 2, 3), bytes(1, 9, 9)), { bytes: 2, first: 1 });
  assert.deepEqual(difference(bytes(1), bytes(1, 2, 3)), { bytes: 2, first: 1 });
  assert.equal(compared(bytes(1, 2), bytes(1, 2)), "equal to the byte");
  assert.equal(compared(bytes(1, 2), bytes(1, 3)), "1 of 2 bytes of the capture differ, the first at 1");
});

test("files get names that no file system minds", () => {
  assert.equal(stem(["fetch", "https://www.example.test/large", "-v"]), "fetch-www-example-test-large");
  assert.equal(stem(["scene", "two_paths"]), "scene-two-paths");
  assert.equal(stem(["read", "../<b>\u202e.pcap.gz"]), "b");
  assert.equal(nameFor({ name: "-v" }, null), "_-v");
  assert.equal(nameFor({ name: "a/../b" }, null), "a_.._b");
  assert.equal(nameFor({ name: "x" }, "x"), "_x");
  for (const name of ["", ".", "..", ".report", ".capture", ".html"])
    assert.equal(nameFor({ name }, null), `_${name}`);
  assert.equal(nameFor({ name: "a\0b\n" }, null), "a_b_");
});

test("randomness is decided by the seed, and is that of splitmix64", () => {
  // The first numbers of the generator for this seed, as its author's program prints them.
  const random = new Random(1234567n);
  const known = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n];
  assert.deepEqual(
    known.map(() => random.next()),
    known,
  );
  const fill = (seed) => {
    const bytes = new Uint8Array(13);
    new Random(seed).fill(bytes);
    return [...bytes];
  };
  assert.deepEqual(fill(5n), fill(5n));
  assert.notDeepEqual(fill(5n), fill(6n));
});
