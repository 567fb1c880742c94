// Pictures of the page, to be looked at: node test/shots.mjs [--readme FILE]
//
// web/shots/ gets the live page at 1280 and at 400 px, light and dark, in the states below. `--readme page.png` writes
// the one picture that the README shows.

import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { WEB } from "../build/bundle.mjs";
import { capture, drop, launch, lines, open, runs } from "./live-page.mjs";

const { values } = parseArgs({ options: { readme: { type: "string" } } });

const choose = async (page, text) => {
  await lines(page).filter({ hasText: text }).first().click();
  await page.getByRole("treeitem").first().waitFor();
};

/** Looks at a field of the chosen packet. */
async function look(page, names) {
  for (const name of names) {
    await page.getByRole("treeitem", { name }).first().click();
    await page.keyboard.press("ArrowRight");
  }
}

const STATES = {
  first: { hash: "#frame=6", act: (page) => look(page, [/^.?\s*.?\s*IPv4/, /flags and fragment/]) },
  lost: { hash: "#rtt=80&drop=7&frame=8" },
  compare: {
    hash: "",
    async act(page) {
      await choose(page, "ServerHello");
      await page.getByRole("button", { name: "Keep this run" }).click();
      await runs(page, () => page.getByRole("button", { name: /^Drop this packet/ }).click());
      await page.getByRole("treeitem").first().waitFor();
    },
  },
  scene: { hash: "#scene=home&frame=5" },
  proxy: { hash: "#scene=proxy" },
  failed: { hash: "#fetch=https://expired.example.test/" },
  mistake: { hash: "#flags=--colour" },
  capture: {
    hash: "",
    async act(page) {
      await runs(page, () => drop(page, [capture("tcp", "loss_sender")]));
      await page.getByRole("treeitem").first().waitFor();
    },
  },
};

async function shoot(browser, name, width, colorScheme, file) {
  const { hash, act } = STATES[name];
  const { page, context } = await open(browser, { hash, size: [width, 800], more: { colorScheme } });
  if (name !== "mistake") await page.getByRole("treeitem").first().waitFor();
  await act?.(page);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(200);
  await page.screenshot({ path: file });
  await context.close();
}

const browser = await launch();
if (values.readme !== undefined) {
  await shoot(browser, "first", 1280, "light", values.readme);
} else {
  const folder = path.join(WEB, "shots");
  fs.mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(STATES)) {
    for (const width of [1280, 400]) {
      for (const color of ["light", "dark"]) {
        await shoot(browser, name, width, color, path.join(folder, `live-${name}-${width}-${color}.png`));
      }
    }
  }
}
await browser.close();
