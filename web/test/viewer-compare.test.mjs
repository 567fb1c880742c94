// Two stories beside each other: which packets are paired, what is marked, and that keys step through both.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { assertQuiet, axe, inAllForms, launch, open, overflows } from "./browser.mjs";
import { moduleOf, page as pageOf, pageWith } from "./pages.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

test("a longest common subsequence, and what stands between", async () => {
  const { common } = await moduleOf("src/story/align.ts");
  const pairs = (a, b) => common([...a], [...b]);
  assert.deepEqual(pairs("", "abc"), []);
  assert.deepEqual(pairs("abc", "abc"), [
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
  assert.deepEqual(pairs("abcd", "axd"), [
    [0, 0],
    [3, 2],
  ]);
  assert.equal(pairs("ABCABBA", "CBABAC").length, 4);
  // By chance: as long as a table says, in order, and equal.
  let state = 1;
  const letter = () => "abc"[(state = (state * 48_271) % 2_147_483_647) % 3];
  for (let round = 0; round < 300; round += 1) {
    const a = Array.from({ length: state % 25 }, letter);
    const b = Array.from({ length: state % 23 }, letter);
    const found = common(a, b);
    found.forEach(([i, j], index) => {
      assert.equal(a[i], b[j]);
      if (index > 0) assert.ok(found[index - 1][0] < i && found[index - 1][1] < j);
    });
    assert.equal(found.length, longest(a, b), `${a.join("")} ${b.join("")}`);
  }
  const long = Array.from({ length: 4000 }, (_, at) => `a${at}`);
  const start = performance.now();
  assert.deepEqual(
    common(
      long,
      long.map((one) => `${one}x`),
    ),
    [],
  );
  assert.ok(performance.now() - start < 3000, "what differs everywhere is given up soon");
});

/** The length of a longest common subsequence, by the table. */
function longest(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      table[i][j] = a[i - 1] === b[j - 1] ? table[i - 1][j - 1] + 1 : Math.max(table[i - 1][j], table[i][j - 1]);
    }
  }
  return table[a.length][b.length];
}

const CONTENTS = `
import { render } from "preact";
import { DetailsCache, readStory, Viewer } from "./src/viewer";
const text = (id: string) => document.getElementById(id)!.textContent!;
const source = (side: string) => {
  const cache = new DetailsCache(async () => text(side + "-rows"), () => [1, 1e9]);
  return { story: readStory(text(side + "-story")), details: (frame: number) => cache.details(frame) };
};
const actions = {
  packet: () => [{ label: "Drop this packet", key: "d", run: () => document.body.dataset["did"] = "drop" }],
  bit: (_item: unknown, _section: unknown, bit: number) =>
    [{ label: "Flip bit " + bit, run: () => document.body.dataset["did"] = "flip " + bit }],
};
render(
  <main>
    <Viewer source={source("left")} other={source("right")} actions={actions} names={["now", "kept"]} />
  </main>,
  document.getElementById("viewer")!);
document.documentElement.dataset["ready"] = "story";
`;

async function compared(left, right) {
  const data = {};
  for (const [side, args] of [
    ["left", left],
    ["right", right],
  ]) {
    const { story, details } = await pageOf(...args);
    data[`${side}-story`] = story;
    data[`${side}-rows`] = details
      .split("\n")
      .filter(Boolean)
      .map((line) => gunzipSync(Buffer.from(line.split(" ")[2], "base64")).toString())
      .join("\n");
  }
  return open(browser, await pageWith(CONTENTS, data));
}

const FIRST = ["fetch", "https://www.example.test/", "--seed", "1"];

test("equal runs are the same, line by line", async () => {
  const page = await compared(FIRST, FIRST);
  assert.equal(await page.locator(".summary").innerText(), "all 15 packets say the same");
  assert.equal(await page.locator(".pair-same").count(), 15);
  assert.equal(await page.locator(".hex .differs").count(), 0);
  await page.locator("[role=treeitem]").first().waitFor();
  assert.equal((await page.locator(".hex-line.other").count()) > 3, true);
  assertQuiet(page);
});

test("what differs is marked by signs, and keys step and jump through both", async () => {
  const page = await compared(
    ["fetch", "https://www.example.test/large", "--seed", "1"],
    ["fetch", "https://www.example.test/large", "--seed", "1", "--loss", "3"],
  );
  assert.match(await page.locator(".summary").innerText(), /^the same up to frame \d+; .*only kept/);
  await page.keyboard.press("j");
  await page.waitForFunction(() => document.getElementById("packet-title").textContent.startsWith("Frame 2 "));
  await page.keyboard.press("]");
  await page.locator(".packet.chosen:not(.pair-same)").waitFor();
  assert.match(await page.locator(".packet.chosen > .sign").innerText(), /[≠+−]/);
  for (let at = 0; at < 40 && (await page.locator(".packet.chosen.pair-another").count()) === 0; at += 1) {
    await page.keyboard.press("]");
    await page.waitForTimeout(30);
  }
  await page.locator(".hex-line.other .differs").first().waitFor();
  await page.getByRole("tab", { name: "kept" }).click();
  await page.waitForFunction(() => document.querySelector("[role=tab][aria-selected=true]").textContent === "kept");
  await inAllForms(page, async (form) => {
    assert.ok(!(await overflows(page)), `${form} can be scrolled sideways`);
    assert.deepEqual(await axe(page), [], form);
  });
  assertQuiet(page);
});

test("the kept run stands before the one of now; what is new has a plus, what is gone a minus", async () => {
  const page = await compared([...FIRST, "--drop", "7"], FIRST);
  assert.deepEqual(await page.locator(".side-name").allTextContents(), ["kept", "now"]);
  const said = async (kind, words, sign) => {
    const one = page.locator(`.pair-${kind}-only`).first();
    assert.equal(await one.locator(".sign").first().textContent(), `${words}: ${sign}`);
    return one.locator(".side").evaluateAll((sides) => sides.map((side) => side.textContent !== ""));
  };
  assert.deepEqual(await said("own", "only now", "+"), [false, true]);
  assert.match(await page.locator(".summary").innerText(), /^the same up to frame \d+; .*\d+ only now$/);
  const turned = await compared(FIRST, [...FIRST, "--drop", "7"]);
  const gone = turned.locator(".pair-other-only").first();
  assert.equal(await gone.locator(".sign").first().textContent(), "only kept: −");
  // What can be done is offered for a packet of now only.
  await gone.click();
  await turned.getByRole("treeitem").first().waitFor();
  assert.equal(await turned.getByRole("button", { name: "Drop this packet" }).count(), 0);
  await turned.locator(".pair-same").first().click();
  await turned.getByRole("button", { name: "Drop this packet" }).click();
  assertQuiet(turned);
  assertQuiet(page);
});

test("the bars of both runs have one scale", async () => {
  const page = await compared([...FIRST, "--rtt", "200"], FIRST);
  const ends = await page.locator("section.budget").evaluateAll((charts) =>
    charts.map((chart) => {
      const last = [...chart.querySelectorAll("rect")].at(-1);
      return parseFloat(last.getAttribute("x")) + parseFloat(last.getAttribute("width"));
    }),
  );
  const names = await page.locator("section.budget h2").allTextContents();
  assert.deepEqual(names, ["Where the time went, kept", "Where the time went, now"]);
  assert.ok(ends[0] < 40 && ends[1] > 90, `${ends}`);
  assertQuiet(page);
});

test("a page around the viewer offers to break a packet, and a bit", async () => {
  const page = await compared(FIRST, FIRST);
  await page.locator("[role=treeitem]", { hasText: "time to live" }).click();
  await page.getByRole("button", { name: "Flip bit 64" }).click();
  assert.equal(await page.evaluate(() => document.body.dataset.did), "flip 64");
  await page.keyboard.press("d");
  assert.equal(await page.evaluate(() => document.body.dataset.did), "drop");
  assertQuiet(page);
});
