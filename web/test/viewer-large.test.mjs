// A story of 10,000 packets: it is usable soon, jumps are quick, and the document stays small.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertQuiet, axe, launch, open } from "./browser.mjs";
import { filled, linesOf, moduleOf } from "./pages.mjs";

const MANY = 10_000;

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

function story() {
  const lines = [
    { kind: "file", schema: "barewire.story/2", file: "large.pcapng" },
    { kind: "host", id: 0, name: "client", addresses: ["10.0.0.2"] },
    { kind: "host", id: 1, name: "server", addresses: ["203.0.113.80"] },
  ];
  for (let stream = 0; stream < 50; stream += 1) {
    lines.push({
      kind: "conversation",
      transport: "tcp",
      stream,
      client: `10.0.0.2:${50_000 + stream}`,
      server: "203.0.113.80:443",
      hosts: [0, 1],
      client_known: true,
      protocol: "TLS 1.3, HTTP/1.1",
      frames: [100, 100],
      bytes: [9000, 90_000],
      start_ms: stream * 10,
      ms: 900,
      retransmissions: [0, 0],
      copies: 0,
      lost: 0,
      outcome: "closed",
    });
  }
  for (let frame = 1; frame <= MANY; frame += 1) {
    const up = frame % 2 === 1;
    const encrypted = frame % 5 === 0;
    lines.push({
      kind: "row",
      frame,
      ms: frame * 1.25 + (frame > 7000 ? 5000 : 0),
      transport: "tcp",
      stream: frame % 50,
      from: up ? "client" : "server",
      to: up ? "server" : "client",
      hosts: up ? [0, 1] : [1, 0],
      to_server: up,
      payload: (frame * 7) % 1448,
      tcp: { seq: frame, ack: frame, window: 65_535, flags: "ACK" },
      messages: [
        {
          layer: frame % 3 ? "TCP" : "HTTP",
          encrypted,
          says:
            frame % 3 ? `ACK seq ${frame} ack ${frame} win 65535` : `${frame} bytes of content, ${frame * 3} so far`,
        },
      ],
      notes: frame % 997 ? [] : [{ says: "retransmission by timer", rule: "RFC 6298 §5", trouble: true }],
      made_up: false,
      lost: frame % 1999 === 0,
    });
  }
  return linesOf(lines);
}

test("10,000 packets are usable soon, and few are in the document", async () => {
  const page = await open(browser, await filled({ story: story() }));
  await page.waitForFunction(() => performance.getEntriesByName("picture").length > 0);
  const picture = await page.evaluate(() => performance.getEntriesByName("picture")[0].startTime);
  const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
  /** Milliseconds from a key until what it does is drawn. */
  const timed = async (key, frame) => {
    const start = Date.now();
    await page.keyboard.press(key);
    await page.waitForFunction(
      (wanted) => document.getElementById("packet-title").textContent.startsWith(`Frame ${wanted} `),
      frame,
    );
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    return Date.now() - start;
  };
  const end = await timed("End", MANY);
  const step = await timed("k", MANY - 1);
  const trouble = await timed("[", 9995);
  const scroll = await page.evaluate(async () => {
    const lines = document.querySelector(".lines");
    let worst = 0;
    for (let at = 0; at < 20; at += 1) {
      const start = performance.now();
      lines.scrollTop = (lines.scrollHeight * at) / 20;
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      worst = Math.max(worst, performance.now() - start);
    }
    return worst;
  });
  await page.keyboard.press("/");
  const start = Date.now();
  await page.keyboard.type("9999 bytes");
  await page.waitForFunction(() => /1 match/.test(document.querySelector(".found-count").textContent));
  const find = Date.now() - start;
  console.log(
    `10,000 packets: picture ${picture.toFixed(0)} ms, End ${end} ms, k ${step} ms, [ ${trouble} ms, ` +
      `worst scroll ${scroll.toFixed(0)} ms, ten letters of find ${find} ms, ${await elements()} elements`,
  );
  assert.ok(picture < 3000);
  assert.ok(Math.max(end, step, trouble) < 500);
  assert.ok(scroll < 300);
  assert.ok((await elements()) < 3000);
  assert.deepEqual(await axe(page), []);
  assertQuiet(page);
});

/** A story of many conversations, each of its own two hosts and with a packet. */
function crowd(many) {
  const lines = [{ kind: "file", schema: "barewire.story/2", file: "crowd.pcapng" }];
  for (let id = 0; id < many; id += 1) lines.push({ kind: "host", id, name: `10.${id}`, addresses: [] });
  const none = { bytes: [0, 0], start_ms: 0, ms: 0, frames: [1, 0], outcome: "open", protocol: "" };
  for (let stream = 0; stream < many; stream += 1) {
    const ends = { client: `10.0.0.2:${stream}`, server: "203.0.113.80:443" };
    lines.push({ kind: "conversation", transport: "udp", stream, ...ends, ...none });
  }
  return lines;
}

test("very many conversations and hosts are drawn; far too many are refused with advice", async () => {
  const lines = crowd(30_000);
  for (let frame = 1; frame <= 30_000; frame += 1) {
    const hosts = [frame - 1, frame % 30_000];
    const packet = { transport: "udp", stream: frame - 1, from: "client", to: "server", hosts, payload: 1 };
    lines.push({ kind: "row", frame, ms: frame, ...packet, messages: [{ layer: "UDP", says: "1 byte" }] });
  }
  const page = await open(browser, await filled({ story: linesOf(lines) }));
  assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), "story");
  const options = page.getByLabel("conversation", { exact: true }).locator("option");
  assert.equal(await options.count(), 2002);
  assert.match(await options.last().textContent(), /28,000 more: --host, --port or --stream in the flags/);
  await page.getByLabel("conversation", { exact: true }).selectOption({ index: 5 });
  await page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 1);
  assertQuiet(page);
  const { readStory } = await moduleOf("src/story/index.ts");
  assert.equal(readStory(linesOf(crowd(120_000))).hosts.length, 120_000);
  const advice = /more than 120,000 .*`--host`, `--port` or `--stream` in the flags choose some/;
  assert.throws(() => readStory(linesOf(crowd(120_001))), advice);
  const others = crowd(2).concat(Array.from({ length: 120_000 }, () => crowd(1).at(-1)));
  assert.throws(() => readStory(linesOf(others)), advice);
});

test("lines stand where they belong: no two over each other", async () => {
  const { place, gapsOf } = await moduleOf("src/viewer/layout.ts");
  const { itemsOf, readStory } = await moduleOf("src/story/index.ts");
  const items = itemsOf(readStory(story()));
  const placed = place(items, 40, false);
  placed.forEach((one, index) => {
    const next = placed[index + 1];
    if (next) assert.equal(one.top + one.height + (next.gapMs === null ? 0 : 1), next.top);
  });
  assert.equal(placed.filter((one) => one.gapMs !== null).length, 1);
  assert.deepEqual(gapsOf([0, 1, 2, 100]), [null, null, null, 98]);
  assert.deepEqual(gapsOf([]), []);
  assert.deepEqual(gapsOf([5]), [null]);
});
