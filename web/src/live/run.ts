// One run of the program and what the page keeps of it: the story, the text, the capture for details and for saving.
// Tested in test/live.test.mjs.

import { Cancelled, type Engine, type Job, type Result } from "../engine";
import { DetailsCache, readStory, type Source, type Story } from "../story";
import { OWN } from "./dropped";
import type { Settings } from "./settings";

/** What is to be run: the words after `barewire`, and the files it reads. */
export interface Task {
  args: string[];
  files: Map<string, Blob>;
  seed: bigint;
  /** Null: a capture is read. */
  settings: Settings | null;
}

/** A run that ended with a story. */
export interface Run {
  task: Task;
  source: Source;
  packets: number;
  /** When the last packet came, in milliseconds of the story. */
  lastMs: number;
  stdout: Uint8Array<ArrayBuffer>;
  /** What the program says beside its picture: what went wrong, or a remark; "" if there is nothing to say. */
  complaint: string;
  code: number;
  /** The capture that the run made; null when it read one. */
  capture: Uint8Array<ArrayBuffer> | null;
  /** Files that flags of the reader asked for. */
  extra: Map<string, Uint8Array<ArrayBuffer>>;
  /** How long the reader waited for it, in milliseconds. */
  took: number;
}

/** What the page says of a run. */
export interface Problem {
  title: string;
  text: string;
  /** Nothing went wrong: there is only something to read. */
  calm?: boolean;
}

/** A run without a story: what the page says, and what the program said. */
export class RunError extends Error {
  constructor(
    message: string,
    readonly said: string,
    readonly calm = false,
  ) {
    super(message);
  }
}

const { report: REPORT, capture: CAPTURE, html: HTML } = OWN;
/** The slot of what the reader waits for. */
export const SLOT = "run";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Our flags come before the reader's: theirs may end with a word that takes all that follows. */
function withFlags(task: Task, flags: string[]): string[] {
  const [command = "", ...rest] = task.args;
  return [command, ...flags, ...rest];
}

/** Runs `task`. Rejects with a RunError, a Cancelled, or a StoryError. */
export async function perform(engine: Engine, task: Task, progress: (share: number) => void): Promise<Run> {
  const began = performance.now();
  const reads = task.settings === null;
  const flags = ["--report", REPORT, ...(reads ? [] : ["--pcapng", CAPTURE])];
  const result = await engine.run({
    args: withFlags(task, flags),
    files: task.files,
    seed: task.seed,
    slot: SLOT,
    progress: (read, size) => progress(size > 0 ? Math.min(read / size, 1) : 0),
  });
  const report = result.files.get(REPORT);
  if (result.code === null) throw new RunError(`The program broke off: ${result.broken}`, allOf(result));
  if (report === undefined || report.length === 0) {
    const title = `The program ended with exit code ${result.code}, and without a story.`;
    throw new RunError(title, allOf(result), result.code === 0);
  }
  const capture = reads ? null : (result.files.get(CAPTURE) ?? null);
  const extra = new Map([...result.files].filter(([name]) => name !== REPORT && name !== CAPTURE));
  return runOf(engine, {
    task,
    report: decode(report),
    stdout: result.stdout,
    complaint: complaintOf(result),
    code: result.code,
    capture,
    extra,
    took: performance.now() - began,
  });
}

/** Standard error; when there is nothing on it and the program failed, what it printed. */
function complaintOf(result: Result): string {
  const said = decode(result.stderr).trim();
  return said === "" && result.code !== 0 ? decode(result.stdout).trim() : said;
}

/** Standard error, and after it what the program printed. */
function allOf({ stdout, stderr }: Result): string {
  return [stderr, stdout]
    .map((bytes) => decode(bytes).trim())
    .filter(Boolean)
    .join("\n\n");
}

type Parts = Omit<Run, "source" | "packets" | "lastMs"> & { report: string };

/** The run that was made when the page was built is put together here too. */
export function runOf(engine: Engine, { report, ...parts }: Parts): Run {
  const story = readStory(report);
  const { task, capture } = parts;
  // A reading is repeated without its further flags; of a run, its capture is read.
  const [words, files] =
    task.settings === null
      ? [task.args.slice(0, wordsOfRead(task)), task.files]
      : [["read", CAPTURE], new Map([[CAPTURE, new Blob(capture === null ? [] : [capture])]])];
  const reading = { args: words, files, seed: task.seed };
  const cache = new DetailsCache((first, last) => details(engine, reading, first, last));
  return { ...parts, ...extentOf(story), source: { story, details: (frame) => cache.details(frame) } };
}

/** How many packets there are, and when the last one was seen. A packet of a scene has a row for each sighting. */
function extentOf({ rows }: Story): { packets: number; lastMs: number } {
  const journeys = new Set<number>();
  let [single, lastMs] = [0, 0];
  for (const { ms, journey } of rows) {
    lastMs = Math.max(lastMs, ms);
    if (journey === null) single += 1;
    else journeys.add(journey.number);
  }
  return { packets: single + journeys.size, lastMs };
}

/** The lines of the rows of some frames, with their fields: the capture is read once more. */
async function details(engine: Engine, reading: Job, first: number, last: number): Promise<string> {
  const [command = "read", ...rest] = reading.args;
  const args = [command, "--json", "--fields", "--frame", `${first}-${last}`, ...rest];
  const result = await engine.run({ ...reading, args });
  if (result.code === null || result.stdout.length === 0) {
    throw new RunError("The fields could not be read.", complaintOf(result));
  }
  return decode(result.stdout);
}

/** Of the words of a reading only the first ones count for details: `read FILE --keylog KEYS`, without more flags. */
function wordsOfRead(task: Task): number {
  return task.args[2] === "--keylog" ? 4 : 2;
}

/** Runs `task` again for the page of its story, as a file. */
export async function htmlOf(engine: Engine, task: Task): Promise<Uint8Array<ArrayBuffer>> {
  const result = await engine.run({ args: withFlags(task, ["--html", HTML]), files: task.files, seed: task.seed });
  const html = result.files.get(HTML);
  if (html === undefined) throw new RunError("The page could not be written.", complaintOf(result));
  return html;
}

/** An error in words: a headline, and what the program said. */
export function explain(error: unknown): Problem {
  if (error instanceof RunError) return { title: error.message, text: error.said, calm: error.calm };
  if (error instanceof Cancelled) return { title: error.message, text: "Change a setting, and it is run again." };
  return { title: "This did not work.", text: error instanceof Error ? error.message : String(error) };
}
