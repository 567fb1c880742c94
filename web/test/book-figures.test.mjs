// The figures of the book: in rustdoc they have the colours of its theme, whatever the system prefers, and their column
// holds them; their words can be read on what is drawn below them, and stay in their boxes; and they are right as
// images in a README, light and dark.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";
import { bookTest, CHAPTERS, FIGURES, openDocs, pixels } from "./book.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** The colours of a figure's paper and letters, where light or dark is preferred; and what is wrong with its words. */
async function read(page, file, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.setContent(`<body style="margin:0">${fs.readFileSync(file, "utf8")}`);
  return page.evaluate(() => {
    const svg = document.querySelector("svg");
    const whole = svg.getBoundingClientRect();
    const colour = (element) => getComputedStyle(element).fill;
    const luminance = (text) => {
      const [r, g, b] = text.match(/\d+/g).map((part) => {
        const part1 = part / 255;
        return part1 <= 0.04045 ? part1 / 12.92 : ((part1 + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const holds = (outer, inner) =>
      outer.left <= inner.left &&
      outer.right >= inner.right &&
      outer.top <= inner.top &&
      outer.bottom >= inner.bottom;
    const [faults, below] = [[], []];
    for (const element of svg.querySelectorAll("rect, text")) {
      const box = element.getBoundingClientRect();
      if (!holds(whole, box)) faults.push(`${element.outerHTML} is cut`);
      if (element.tagName === "rect") {
        below.push([box, element]);
        continue;
      }
      // What was drawn last below the middle of the words.
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const under = below.findLast(([at]) => at.left <= x && x <= at.right && at.top <= y && y <= at.bottom);
      if (!under || !holds(under[0], box)) faults.push(`${element.outerHTML} is not in its box`);
      if (!under) continue;
      const [light, dark] = [luminance(colour(element)), luminance(colour(under[1]))].sort((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < 4.5) faults.push(`${element.outerHTML} has a contrast of ${contrast.toFixed(2)}`);
    }
    const paper = colour(svg.querySelector(".paper"));
    return { faults, paper, texts: svg.querySelectorAll("text").length, width: whole.width };
  });
}

test("the words of a figure stay in their boxes, and can be read on them, in light and dark", async () => {
  const page = await browser.newPage();
  assert.ok(FIGURES.length >= CHAPTERS.length, `${FIGURES.length} figures`);
  for (const { file } of FIGURES) {
    const papers = [];
    for (const scheme of ["light", "dark"]) {
      const { faults, paper, texts } = await read(page, file, scheme);
      assert.deepEqual(faults, [], `${file}: ${scheme}`);
      // A byte and a name, in the smallest.
      assert.ok(texts >= 2, `${file}: ${texts} texts`);
      papers.push(paper);
    }
    assert.notEqual(papers[0], papers[1], `${file} has one colour for light and dark`);
  }
  await page.context().close();
});

bookTest("a figure has the colours of rustdoc's theme, and all of it is in its column, also on a phone", async () => {
  const plain = await browser.newPage();
  const papers = {};
  for (const scheme of ["light", "dark"]) papers[scheme] = (await read(plain, FIGURES[0].file, scheme)).paper;
  const forms = [
    ["light", "dark", papers.light],
    ["dark", "light", papers.dark],
    ["ayu", "light", papers.dark],
    [null, "light", papers.light],
    [null, "dark", papers.dark],
  ];
  for (const [theme, colorScheme, paper] of forms) {
    const page = await openDocs(browser, CHAPTERS[0].page, { theme, colorScheme });
    // All themes in one chapter, and in the others one that the system does not have.
    for (const chapter of theme === "dark" ? CHAPTERS : CHAPTERS.slice(0, 1)) {
      await page.goto(pathToFileURL(chapter.page).href);
      const images = page.locator(".docblock img");
      const wanted = FIGURES.filter(({ crate }) => crate === chapter.crate).length;
      assert.ok((await images.count()) > 0 && wanted > 0, `${chapter.page} has figures`);
      for (const image of await images.all()) {
        for (const width of [1280, 400]) {
          const about = `${chapter.crate}, ${theme ?? "the system's theme"}, system ${colorScheme}, ${width} px`;
          await page.setViewportSize({ width, height: 800 });
          const [own, natural, column, alt] = await image.evaluate((image) => [
            image.getBoundingClientRect().width,
            image.naturalWidth,
            image.parentElement.getBoundingClientRect().width,
            image.alt,
          ]);
          assert.ok(natural > 100 && own <= column, `${about}: ${own} of ${natural} px in a column of ${column}`);
          // Letters of 12 pixels stay large enough only when the figure is not made smaller.
          assert.ok(own >= 0.95 * natural, `${about}: drawn at ${own} of its ${natural} px`);
          assert.ok(alt.length > 20, `${about}: says nothing to those who do not see it`);
        }
        const { colours } = await pixels(page, image);
        const most = colours.slice(0, 3).map(([colour]) => colour);
        assert.ok(
          most.includes(paper),
          `${chapter.crate}, ${theme}, system ${colorScheme}: ${most} and not ${paper}`,
        );
      }
    }
    await page.context().close();
  }
  await plain.context().close();
});

test("as images in a README they are there, and not blank, in light and dark", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "barewire-book-"));
  after(() => fs.rmSync(folder, { recursive: true }));
  const readme = path.join(folder, "readme.html");
  const images = FIGURES.map(({ file }) => `<p><img src="${pathToFileURL(file).href}"></p>`);
  fs.writeFileSync(readme, `<meta name="color-scheme" content="light dark"><body>${images.join("")}`);
  const page = await browser.newPage();
  await page.goto(pathToFileURL(readme).href);
  for (const [at, { file }] of FIGURES.entries()) {
    const image = page.locator("img").nth(at);
    const size = await image.evaluate((image) => [image.complete, image.naturalWidth, image.naturalHeight]);
    assert.ok(size[0] && size[1] > 100 && size[2] > 50, `${file} is loaded: ${size}`);
    const seen = [];
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const { colours } = await pixels(page, image);
      assert.ok(colours.length >= 10, `${file}: ${colours.length} colours in ${colorScheme}`);
      const [[, first], [, second]] = colours;
      assert.ok(
        second > first / 20,
        `${file}: nearly blank in ${colorScheme}: ${JSON.stringify(colours.slice(0, 4))}`,
      );
      seen.push(
        colours
          .slice(0, 2)
          .map(([colour]) => colour)
          .sort(),
      );
    }
    assert.notDeepEqual(seen[0], seen[1], `${file} looks the same in light and dark`);
  }
  await page.context().close();
});
