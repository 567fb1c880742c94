// Damaged stories: whatever is wrong in a file, there is a sentence or a picture, and never an exception or a blank
// page. The damage is chosen by a seeded generator, so that a failure can be run again: SEED=n.

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { launch, open } from "./browser.mjs";
import { filled, linesOf, moduleOf, page as pageOf, storyOf } from "./pages.mjs";

const SEED = Number(process.env.SEED ?? 1);
/** Damaged stories that are only read, and those that are drawn. */
const READ = 3000;
const DRAWN = 120;

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** mulberry32. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, pick: (list) => list[below(list.length)] };
}

const deep = (depth) => {
  let value = [];
  for (let at = 0; at < depth; at += 1) value = [value];
  return value;
};
const deepWait = () => {
  let wait = { doing: "at", host: "a", name: null, start_ms: 0, ms: 1, ended: true, parts: [] };
  for (let at = 0; at < 60; at += 1) wait = { ...wait, parts: [wait] };
  return wait;
};

const VALUES = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  -1e308,
  1.5,
  2 ** 53,
  2 ** 60,
  1e-9,
  "",
  "x",
  "\u202e\u0000<b>",
  "9".repeat(5000),
  [],
  {},
  [1],
  [1, 2],
  [null, null],
  [[]],
  { kind: "lost" },
  "NaN",
  deep(80),
  { __proto__: null, toString: 1 },
  { constructor: 1 },
];

/** All places in a value that can be changed. */
function placesIn(value, into = []) {
  if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      into.push([value, key]);
      placesIn(value[key], into);
    }
  }
  return into;
}

/** The lines of a story with one or two damages. */
function damaged(lines, random) {
  const copy = structuredClone(lines);
  let text = null;
  for (let times = 1 + random.below(2); times > 0; times -= 1) {
    const [holder, key] = random.pick(placesIn(random.pick(copy)) ?? []) ?? [copy, 0];
    const kind = random.below(30);
    // A value of the same type is not refused, and has to be drawn.
    if (kind < 4) delete holder[key];
    else if (kind < 8) holder[key] = structuredClone(random.pick(VALUES));
    else if (kind < 18) {
      const alike = VALUES.filter((value) => typeof value === typeof holder[key]);
      holder[key] = structuredClone(random.pick(alike));
    } else if (kind < 19) copy.splice(random.below(copy.length), 1, deepWait());
    else if (kind < 24) copy.splice(random.below(copy.length), 0, structuredClone(random.pick(copy)));
    else if (copy.length > 2) copy.splice(random.below(copy.length), 1);
  }
  text = linesOf(copy.filter((line) => line !== undefined));
  const at = random.below(text.length + 1);
  switch (random.below(20)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + random.pick(["\u0000", "}", "\n", '"', "[[[[[[", "<script>"]) + text.slice(at);
    default:
      return text;
  }
}

test("damaged stories are read, or refused in a sentence", async () => {
  const { readStory, StoryError, itemsOf, shownItems, matches } = await moduleOf("src/story/index.ts");
  let refused = 0;
  for (const args of [
    ["fetch", "https://www.example.test/"],
    ["scene", "home"],
  ]) {
    const lines = (await storyOf(...args)).map((line) =>
      line.kind === "text" ? { ...line, text: "the text" } : line,
    );
    for (let number = 0; number < READ / 2; number += 1) {
      const random = generator(SEED * 100_000 + number);
      const text = damaged(lines, random);
      try {
        const story = readStory(text);
        const items = itemsOf(story);
        matches(shownItems(story, items, "", 15), "a");
      } catch (error) {
        assert.ok(error instanceof StoryError, `SEED=${SEED}, number ${number}: ${error.stack}`);
        assert.match(error.message, /^(Line \d+ of|The story|The row)/);
        refused += 1;
      }
    }
  }
  console.log(`${READ} damaged stories: ${refused} refused`);
  assert.ok(refused > READ / 10 && refused < READ);
});

test("damaged details are read, or refused in a sentence", async () => {
  const { readDetails, StoryError } = await moduleOf("src/story/index.ts");
  const { treeOf, nodeOfBit, placeOf, pathOf, ruleOf } = await moduleOf("src/viewer/nodes.ts");
  const details = await detailed();
  for (let number = 0; number < READ; number += 1) {
    const random = generator(SEED * 200_000 + number);
    const row = structuredClone(details[random.below(details.length)]);
    const [holder, key] = random.pick(placesIn(row));
    holder[key] = structuredClone(random.pick(VALUES));
    try {
      for (const section of readDetails(row).sections) {
        const tree = treeOf(section);
        tree.all.forEach((node) => placeOf(node) + pathOf(node) + ruleOf(node));
        for (let bit = 0; bit < section.data.length * 8; bit += 7) nodeOfBit(tree, bit);
      }
    } catch (error) {
      assert.ok(error instanceof StoryError, `SEED=${SEED}, number ${number}: ${error.stack}`);
    }
  }
});

/** The rows of the first page with their details. */
async function detailed() {
  const { details } = await pageOf("fetch", "https://www.example.test/");
  const lines = (text) => text.split("\n").filter(Boolean);
  return lines(details).flatMap((line) =>
    lines(gunzipSync(Buffer.from(line.split(" ")[2], "base64")).toString()).map((row) => JSON.parse(row)),
  );
}

test("fields that claim everything, nest without end or are very many", async () => {
  const { readDetails, StoryError } = await moduleOf("src/story/index.ts");
  const { treeOf } = await moduleOf("src/viewer/nodes.ts");
  const data = Buffer.alloc(60_000).toString("base64");
  const field = (length, children = []) => ({ name: "x", offset: 0, length, children });
  const fields = Array.from({ length: 50_000 }, () => field(2 ** 50));
  const wide = { sections: [{ what: "x", bytes: 60_000, data, fields }] };
  const start = performance.now();
  treeOf(readDetails(wide).sections[0]);
  assert.ok(performance.now() - start < 2000, "painting is bounded");
  let nested = field(1);
  for (let at = 0; at < 200; at += 1) nested = field(1, [nested]);
  assert.throws(() => readDetails({ sections: [{ what: "x", bytes: 1, fields: [nested] }] }), StoryError);
});

test("damaged stories are drawn, or refused on the page", async () => {
  const rows = await detailed();
  const page = await open(browser, await filled({ story: "" }));
  const counts = {};
  for (const args of [
    ["fetch", "https://www.example.test/"],
    ["scene", "home"],
  ]) {
    const lines = (await storyOf(...args)).map((line) =>
      line.kind === "text" ? { ...line, text: "the text" } : line,
    );
    for (let number = 0; number < DRAWN / 2; number += 1) {
      const random = generator(SEED * 300_000 + number);
      const story = damaged(lines, random);
      const hurt = structuredClone(rows);
      for (let times = random.below(4); times > 0; times -= 1) {
        const [holder, key] = random.pick(placesIn(hurt));
        holder[key] = structuredClone(random.pick(VALUES));
      }
      const file = await filled({ story, rows: hurt.filter((row) => typeof row?.frame === "number") });
      await page.goto(pathToFileURL(file).href);
      await page.waitForFunction(() => document.documentElement.dataset.ready);
      await page.keyboard.press("j");
      await page.keyboard.press("]");
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
      const seen = await page.evaluate(() => ({
        ready: document.documentElement.dataset.ready,
        message: document.querySelector("[role=alert]")?.textContent ?? "",
        lines: document.querySelectorAll("[role=option]").length,
        text: document.body.innerText.trim().length,
        crash: document.querySelector("[role=alert]")?.textContent.startsWith("This story cannot be drawn") ?? false,
      }));
      const where = `SEED=${SEED}, number ${number}, ${args.join(" ")}: ${JSON.stringify(seen)}`;
      assert.deepEqual(page.seen.errors, [], where);
      assert.ok(!seen.crash, where);
      assert.ok(seen.text > 20, where);
      if (seen.ready === "error") assert.ok(seen.message.length > 20, where);
      else assert.ok(seen.lines > 0 || /no packets/.test(await page.innerText("body")), where);
      counts[seen.ready] = (counts[seen.ready] ?? 0) + 1;
    }
  }
  console.log(`${DRAWN} damaged pages:`, counts);
  assert.ok(counts.story > DRAWN / 4 && counts.error > DRAWN / 10);
});
