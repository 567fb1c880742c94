// Links to the page with settings, as the lessons and the README have them: each is read as settings, says the same
// when it is written again, and its run holds the frame that it asks for.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { WEB, load } from "../build/bundle.mjs";

const TREE = path.dirname(WEB);
const BAREWIRE = process.env.BAREWIRE ?? path.join(TREE, "target/debug/barewire");

/** Every `barewire.html#...` in backquotes, by file. */
function links() {
  const lessons = fs.readdirSync(path.join(TREE, "examples/lessons")).map((name) => `examples/lessons/${name}`);
  return ["README.md", ...lessons].flatMap((file) => {
    const text = fs.readFileSync(path.join(TREE, file), "utf8");
    return [...text.matchAll(/`barewire\.html(#[^`]+)`/g)].map((match) => ({ file, link: match[1] }));
  });
}

test("links are settings, and have their frames", async () => {
  const { argsOf, frameOf, hashOf, settingsOf } = await load("src/live/settings.ts");
  const all = links();
  assert.ok(all.length >= 10, `${all.length} links`);
  assert.equal(new Set(all.map(({ file }) => file)).size, 16, "every lesson with a link, and the README");
  for (const { file, link } of all) {
    const [settings, frame] = [settingsOf(link), frameOf(link)];
    assert.equal(`#${hashOf(settings, frame)}`, link, `${file}: the same settings give another link`);
    const { stdout, stderr, status } = spawnSync(BAREWIRE, [...argsOf(settings), "-v"], { encoding: "utf8" });
    assert.ok(status !== 2, `${file}: ${link}: ${stderr}`);
    if (frame !== null) {
      assert.match(stdout, new RegExp(`^ *${frame} +[0-9.]+ `, "m"), `${file}: ${link}: no frame ${frame}`);
    }
  }
});
