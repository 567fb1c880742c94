// Captures and key logs that are given to the live page: of this tree, a large one, hostile ones, none at all.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { hostileCapture } from "./live-hostile.mjs";
import { largeFile } from "./live-large.mjs";
import { capture, drop, launch, lines, memory, NATIVE, open, runs, saved, scratch } from "./live-page.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const option = (page, text) => lines(page).filter({ hasText: text }).first();
const folder = scratch();

/** A capture of TLS without its keys, and these as a file of their own: made by the program on this machine. */
function keysApart() {
  const [file, keys, bare] = ["with.pcapng", "keys.log", "bare.pcapng"].map((name) => path.join(folder, name));
  // Keys are appended to a file, and the connections of two runs have the same name.
  fs.rmSync(keys, { force: true });
  execFileSync(NATIVE, ["fetch", "https://www.example.test/", "--pcapng", file, "--keylog", keys], { env: {} });
  execFileSync("editcap", ["--discard-all-secrets", file, bare]);
  const read = (name) => ({ name, bytes: fs.readFileSync(path.join(folder, name)) });
  return { capture: read("bare.pcapng"), keys: read("keys.log") };
}

for (const [where, name, says] of [
  ["tls13", "aes128", "▒ GET /"],
  ["tcp", "loss_sender", "retransmission"],
  ["dns", "records", "MX"],
]) {
  test(`a capture of the tree is read: ${where}/${name}`, async () => {
    const { page, end } = await open(browser);
    const given = capture(where, name);
    await runs(page, () => drop(page, [given]));
    assert.equal(await page.getByLabel("Command line").textContent(), `barewire read ${given.name}`);
    await page.getByPlaceholder(/^find/).fill(says);
    await page.keyboard.press("Enter");
    await option(page, says).waitFor();
    await page.getByRole("treeitem").first().waitFor();
    const { bytes } = await saved(page, page.getByRole("button", { name: "Text", exact: true }));
    const file = path.join(folder, given.name);
    fs.writeFileSync(file, given.bytes);
    assert.equal(bytes.toString(), execFileSync(NATIVE, ["read", given.name], { cwd: folder, env: {} }).toString());
    // Nothing is broken in a capture of others.
    assert.equal(await page.getByRole("button", { name: "Drop this packet" }).count(), 0);
    await runs(page, () => page.getByRole("button", { name: "Back to the toy internet" }).click());
    assert.equal(await page.locator(".tally").textContent(), "15 frames");
    await end();
  });
}

const ORDERS = [["capture", "keys"], ["keys", "capture"], ["capture, then keys"], ["keys, then capture"]];
for (const order of ORDERS) {
  test(`a key log opens TLS: ${order}`, async () => {
    const { page, end } = await open(browser);
    const given = keysApart();
    if (order.length === 2) {
      await runs(page, () =>
        drop(
          page,
          order.map((which) => given[which]),
        ),
      );
    } else if (order[0].startsWith("keys")) {
      await drop(page, [given.keys]);
      await page.getByText("Now give the capture that it opens.").waitFor();
      await runs(page, () => drop(page, [given.capture]));
      assert.equal(await page.getByRole("alert").count(), 0);
    } else {
      await runs(page, () => drop(page, [given.capture]));
      assert.equal(await option(page, "▒ GET /").count(), 0);
      await runs(page, () => drop(page, [given.keys]));
    }
    await option(page, "▒ GET /").waitFor();
    await option(page, "▒ GET /").click();
    await page.getByRole("tab", { name: /HTTP/ }).first().waitFor();
    await runs(page, () => page.getByRole("button", { name: "Without these keys" }).click());
    assert.equal(await option(page, "▒ GET /").count(), 0);
    await end();
  });
}

test("a key log without a capture asks for one", async () => {
  const { page, end } = await open(browser);
  await drop(page, [keysApart().keys]);
  await page.getByRole("alert").filter({ hasText: "This is a key log." }).waitFor();
  await end();
});

test("a text of comments is no key log: the program is asked what it is", async () => {
  const { page, end } = await open(browser);
  await runs(page, () => drop(page, [{ name: "notes.txt", bytes: Buffer.from("# a heading\n# and more\n") }]));
  await page.getByRole("alert").filter({ hasText: "starts neither a pcapng section header" }).waitFor();
  await end();
});

test("names of the page's own files, and very long ones, are names like others", async () => {
  const { page, end } = await open(browser);
  const { bytes } = capture("tcp", "open_close");
  const long = `${"long-".repeat(40)}end.pcapng`;
  for (const name of [".report", ".capture", ".html", long]) {
    await runs(page, () => drop(page, [{ name, bytes }]));
    assert.ok((await lines(page).count()) > 3, name);
    await page.getByRole("treeitem").first().waitFor();
    const saves = page.getByRole("group", { name: "Save" });
    assert.match(
      (await saved(page, saves.getByRole("button", { name: "HTML", exact: true }))).bytes.toString(),
      /html/,
    );
  }
  const shown = await page.locator(".lv-setup .lv-name bdi").textContent();
  assert.ok(shown.length <= 100 && shown.endsWith("end.pcapng"), shown);
  const title = await page.locator("h1").first().textContent();
  assert.ok(title.includes("…") && title.length < 150, title);
  await end();
});

test("flags choose a conversation of a capture, and a wrong one is explained", async () => {
  const { page, end } = await open(browser);
  const buffer = capture("dns", "records").bytes;
  await runs(page, () => page.setInputFiles("input[type=file]", [{ name: "r.pcapng", mimeType: "", buffer }]));
  const all = await lines(page).count();
  await runs(page, () => page.getByLabel("Flags").fill("--stream udp:0"));
  assert.ok((await lines(page).count()) < all);
  await runs(page, () => page.getByLabel("Flags").fill("--stream x"));
  await page.getByRole("alert").filter({ hasText: "invalid value" }).waitFor();
  await end();
});

test("what is no capture is said by the program; one that ends early is read as far as it goes", async () => {
  const { page, end } = await open(browser);
  await runs(page, () => drop(page, [{ name: "picture.png", bytes: Buffer.from("\x89PNG\r\n\x1a\n no capture") }]));
  await page.getByRole("alert").filter({ hasText: "starts neither a pcapng section header" }).waitFor();
  await runs(page, () => drop(page, [{ name: "empty", bytes: Buffer.alloc(0) }]));
  await page.getByText("the file is empty").first().waitFor();
  const { bytes } = capture("tls13", "aes128");
  await runs(page, () => drop(page, [{ name: "cut.pcapng", bytes: bytes.subarray(0, bytes.length - 300) }]));
  assert.ok((await lines(page).count()) > 3);
  await page.getByText(/exit code 1/).waitFor();
  await end();
});

test("a capture of 10 MB and 10,000 packets is usable soon, in little memory", async (t) => {
  const file = await largeFile(folder, 10_000_000);
  // Its own browser: what other tests took does not count.
  const own = await launch();
  const { page, end } = await open(own);
  const began = Date.now();
  await runs(page, () => page.setInputFiles("input[type=file]", file));
  await option(page, "A? www.example.test").click();
  await page.getByRole("treeitem").first().waitFor();
  const usable = Date.now() - began;
  const jump = Date.now();
  await page.getByRole("listbox").focus();
  await page.keyboard.press("End");
  await page.getByRole("heading", { name: /^Frame 10[,.]?\d{3}/ }).waitFor();
  await page.getByRole("treeitem").first().waitFor();
  t.diagnostic(
    `10,000 packets: usable after ${usable} ms; the last one with its fields ${Date.now() - jump} ms later`,
  );
  const most = await memory(own);
  t.diagnostic(`the renderer had ${most.toFixed()} MB at the most`);
  // The figures are 3 s and 300 MB, measured on a quiet machine.
  assert.ok(usable < 6000, `${usable} ms`);
  assert.ok(most < 400, `${most} MB`);
  assert.ok((await lines(page).count()) < 200, "only the lines in sight are in the document");
  await end();
  await own.close();
});

test("a hostile capture is only text, in the page and in the page that is saved", async () => {
  const { page, context, end } = await open(browser);
  const title = await page.title();
  const name = "<img src=x onerror=alert(1)>\u202e.pcap";
  await runs(page, () => drop(page, [{ name, bytes: hostileCapture() }]));
  assert.equal(await lines(page).count(), 3);
  for (const index of [0, 1, 2]) {
    await lines(page).nth(index).click();
    await page.getByRole("treeitem").first().waitFor();
  }
  const sound = async (where) => {
    assert.equal(await where.locator("img, body script script, b").count(), 0);
    assert.ok(await where.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  };
  await sound(page);
  assert.equal(await page.title(), title);
  const { bytes } = await saved(page, page.getByRole("button", { name: "HTML", exact: true }));
  const file = path.join(folder, "hostile.html");
  fs.writeFileSync(file, bytes);
  const other = await context.newPage();
  const wrong = [];
  other.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  other.on("dialog", () => wrong.push("a dialog"));
  await other.goto(`file://${file}`);
  await lines(other).first().waitFor();
  await sound(other);
  assert.deepEqual(wrong, []);
  await end(2);
});

test("memory stays where it is over 30 runs", async (t) => {
  const own = await launch();
  const { page, end } = await open(own);
  const series = async (from) => {
    for (let run = 0; run < 15; run += 1) await runs(page, () => page.getByLabel("RTT").fill(`${from + run}`));
    return memory(own);
  };
  await page.getByLabel("Show").selectOption("https://www.example.test/large");
  const [half, all] = [await series(100), await series(200)];
  t.diagnostic(`most memory of the renderer: ${half.toFixed()} MB after 15 runs, ${all.toFixed()} MB after 30`);
  assert.ok(all < 400 && all - half < 60, `${half} and ${all} MB`);
  await end();
  await own.close();
});
