// Values that were made to harm: markup, scripts, bidirectional and control characters, words without end, in every
// place that the program takes from a capture. Nothing is executed, nothing leaves, and the layout holds.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertQuiet, inAllForms, launch, open, overflows } from "./browser.mjs";
import { filled, linesOf, storyOf } from "./pages.mjs";

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "</script><script>alert(2)</script>",
  "<!--<script>",
  "javascript:alert(3)",
  "https://evil.example/?q=<b>",
  "\u202etfel ot thgir\u202c",
  "\u2066\u2067\u200f\u061c",
  "a\u0000b\u0007\u001b[31mred\r\n2",
  "\u0301".repeat(300),
  "W".repeat(3000),
  "&lt;&amp;{{story}}{{text}}",
  "\ud800 alone",
  "日本語🙂".repeat(200),
  "$& $1 $$",
  "' \" ` \\",
];

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** Names whose values have a meaning to the viewer; all other texts come from captures. */
const KEPT = new Set(["kind", "schema", "transport", "doing", "data", "layer"]);

function poisoned(value, counter, key = "") {
  if (typeof value === "string" && !KEPT.has(key)) return HOSTILE[counter.next++ % HOSTILE.length];
  if (Array.isArray(value)) return value.map((one) => poisoned(one, counter, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, counter, name)]));
  }
  return value;
}

const row = (frame) => ({
  kind: "row",
  frame,
  sections: [
    {
      what: "x",
      bytes: 8,
      data: Buffer.from("<script>").toString("base64"),
      fields: [
        {
          name: "x",
          value: "x",
          comment: "x",
          offset: 0,
          length: 8,
          children: [
            { name: "x", value: "x", offset: 0, length: 1, children: [{ name: "x", bits: [0, 4], value: "x" }] },
            { name: "x", computed: true, value: "x" },
          ],
        },
      ],
      error: { offset: 3, rule: "x", message: "x" },
    },
  ],
  before: null,
  after: {
    tcp: [0, 1].map(() => ({ state: "x", proven: false, snd_una: 1, snd_nxt: 2, rcv_nxt: null, rcv_wnd: 4 })),
    tls: [{ state: "x" }, { state: "x" }],
    http: ["x", "x"],
    secrets: [{ label: "x", secret: "x" }],
  },
});

test("numbers without measure do not break the layout", async () => {
  const huge = 2 ** 53 - 1;
  for (const args of [
    ["fetch", "https://www.example.test/"],
    ["scene", "home"],
  ]) {
    const lines = (await storyOf(...args)).map((line) => {
      const number = (value, key) =>
        typeof value === "number" && key !== "id" && key !== "number" && !/^hosts|^stream/.test(key) ? huge : value;
      const all = (value, key = "") => {
        if (Array.isArray(value)) return /hosts|streams/.test(key) ? value : value.map((one) => all(one, key));
        if (typeof value !== "object" || value === null) return number(value, key);
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, all(one, name)]));
      };
      return all(line);
    });
    const page = await open(browser, await filled({ story: linesOf(lines) }));
    assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), "story");
    await inAllForms(page, async (form) => assert.ok(!(await overflows(page)), form));
    await page.keyboard.press("End");
    assertQuiet(page);
    await page.context().close();
  }
});

for (const args of [
  ["fetch", "https://www.example.test/"],
  ["scene", "home"],
]) {
  for (const shift of [0, 5, 11]) {
    test(`${args[0]}: hostile values from ${shift} on`, async () => {
      const counter = { next: shift };
      const lines = (await storyOf(...args)).map((line) => poisoned(line, counter));
      const frames = lines.filter((line) => line.kind === "row").map((line) => line.frame);
      const rows = [...new Set(frames)].map((frame) => poisoned(row(frame), counter));
      const file = await filled({ title: HOSTILE[2], text: HOSTILE.join("\n"), story: linesOf(lines), rows });
      const page = await open(browser, file);
      await page.evaluate(() => (globalThis.alert = () => console.error("executed")));
      assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), "story");
      await page.locator("[role=treeitem]").first().waitFor();
      for (let step = 0; step < 8; step += 1) await page.keyboard.press("j");
      await page.locator("[role=treeitem]").first().click();
      await page.keyboard.press("*");
      await page.keyboard.press("t");
      await page.keyboard.press("t");
      await inAllForms(page, async (form) => {
        const outside = await page.evaluate(() => {
          const boxes = ".viewer :is(section, header, p, select, button, table, ul, h1, h2), .ladder .packet";
          return [...document.querySelectorAll(boxes)]
            .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
            .map((element) => element.className);
        });
        assert.deepEqual(outside, [], form);
        assert.ok(!(await overflows(page)), `${form} can be scrolled sideways`);
        const heights = await page.evaluate(() =>
          [...document.querySelectorAll(".ladder .line")].map((line) => line.offsetHeight),
        );
        assert.ok(
          heights.every((height) => height === heights[0]),
          `${form}: all lines have one height`,
        );
      });
      // No text of a capture has become an element, a link or an address.
      const made = await page.locator("#viewer :is(img, script, a, iframe, link, [href], [onerror])").count();
      assert.equal(made, 0);
      const raw = await page.evaluate(() =>
        /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/.test(document.querySelector(".ladder").textContent),
      );
      assert.equal(raw, false, "control and bidirectional characters are escaped");
      assert.equal(page.url().split("#")[0], `file://${file}`);
      assertQuiet(page);
      await page.context().close();
    });
  }
}
