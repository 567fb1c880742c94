// A story from its text, line by line. Kinds and members that are not known are passed over, so that an older page
// reads what a newer program writes. Tested in test/viewer-fuzz.test.mjs.

import { lines, list, maybe, object, or, paragraph, type Reader, StoryError, text } from "./check";
import * as line from "./lines";
import type { Host, Story } from "./types";

export const SCHEMA = "barewire.story/2";

/** Lines of a kind that a page draws. Each conversation has its own hosts, and may have a budget. */
const MOST_ROWS = 200_000;
const MOST_CONVERSATIONS = 120_000;
const MOST_OTHERS = 20_000;

const kind = object((get) => get("kind", text));

const head = object((get) => ({
  schema: get("schema", text),
  file: get("file", or(text, "")),
  title: get("title", maybe(text)),
  command: get("command", maybe(list(text, 1000))),
}));

/** Reads a story, or throws a StoryError with a sentence. */
export function readStory(source: string): Story {
  const story: Story = {
    file: "",
    title: null,
    command: null,
    hosts: [],
    points: [],
    conversations: [],
    rows: [],
    budgets: [],
    waits: [],
    tally: null,
    look: null,
    text: null,
  };
  let number = 0;
  let seen = false;
  for (const written of eachLine(source)) {
    number += 1;
    if (written.trim() === "") continue;
    try {
      const value = parse(written);
      const what = kind(value, "");
      if (!seen && what !== "file")
        throw new StoryError(`the first line must be of kind "file"; there was "${what}"`);
      seen = true;
      take(story, what, value);
    } catch (error) {
      if (error instanceof StoryError) throw new StoryError(`Line ${number} of the story: ${error.message}.`);
      throw error;
    }
  }
  if (!seen) throw new StoryError('The story is empty: its first line must be of kind "file".');
  return checked(story);
}

function* eachLine(source: string): Generator<string> {
  let start = 0;
  while (start < source.length) {
    const end = source.indexOf("\n", start);
    yield source.slice(start, end < 0 ? undefined : end);
    start = end < 0 ? source.length : end + 1;
  }
}

function parse(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    throw new StoryError(`it must be one JSON object; there was ${text(written.slice(0, 60), "")}`);
  }
}

/** Puts one line into the story. */
function take(story: Story, what: string, value: unknown): void {
  switch (what) {
    case "file": {
      const { schema, ...rest } = head(value, "");
      if (schema !== SCHEMA) throw new StoryError(`this page reads the schema ${SCHEMA}; there was "${schema}"`);
      Object.assign(story, rest);
      return;
    }
    case "host":
      return takeHost(story.hosts, line.host(value, ""));
    case "point":
      return push(story.points, line.point, value);
    case "conversation":
      return push(story.conversations, line.conversation, value, MOST_CONVERSATIONS);
    case "row":
      return push(story.rows, line.row, value, MOST_ROWS);
    case "budget":
      return push(story.budgets, line.budget, value, MOST_CONVERSATIONS);
    case "wait":
      return push(story.waits, line.wait, value);
    case "tally":
      story.tally = line.tally(value, "");
      return;
    case "look":
      story.look = object((get) => get("text", paragraph))(value, "");
      return;
    case "text":
      story.text = object((get) => get("text", lines))(value, "");
      return;
    default:
  }
}

function push<T>(into: T[], read: Reader<T>, value: unknown, most = MOST_OTHERS): void {
  if (into.length >= most) throw tooMany(most, "lines of this kind");
  into.push(read(value, ""));
}

/** The program can leave some out. */
function tooMany(most: number, what: string): StoryError {
  const advice = "`--host`, `--port` or `--stream` in the flags choose some conversations";
  return new StoryError(`there are more than ${most.toLocaleString("en-US")} ${what}; ${advice}`);
}

function takeHost(hosts: Host[], { id, name, addresses }: Host & { id: number }): void {
  if (id !== hosts.length)
    throw new StoryError(`hosts are numbered in their order: ${hosts.length}; there was ${id}`);
  if (id >= MOST_CONVERSATIONS) throw tooMany(MOST_CONVERSATIONS, "hosts");
  hosts.push({ name, addresses });
}

/** What lines say of each other. */
function checked(story: Story): Story {
  for (const row of story.rows) {
    const unknown = row.hosts?.find((id) => id >= story.hosts.length);
    if (unknown !== undefined) {
      const { length } = story.hosts;
      throw new StoryError(`The row of frame ${row.frame} names host ${unknown}; there are ${length} hosts.`);
    }
  }
  return story;
}
