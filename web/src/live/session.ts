// What happens on the page: settings change, runs follow, one run is kept for comparison, captures are opened. It holds
// the state and knows nothing of how it is drawn. Tested in test/live.test.mjs.

import { Cancelled, type Engine } from "../engine";
import { type Breakage, sameBreakage } from "./breakage";
import { nameFor, sortFiles } from "./dropped";
import { explain, perform, type Problem, type Run, SLOT, type Task } from "./run";
import { argsOf, FIRST, MOST, sameSettings, seedOf, type Settings } from "./settings";
import { splitWords } from "./shell";

/** A capture that was given to the page. */
export interface Opened {
  capture: File;
  keys: File | null;
  flags: string;
}

export interface Scene {
  name: string;
  says: string;
}

export interface State {
  settings: Settings;
  /** Settings can be taken back. */
  canUndo: boolean;
  opened: Opened | null;
  scenes: Scene[];
  run: Run | null;
  kept: Run | null;
  /** A run that takes longer than half a second: how much of its files was read; null when there is nothing to say. */
  busy: { share: number | null } | null;
  problem: Problem | null;
  /** Said to those who listen instead of looking. */
  said: string;
  /** Runs that ended so far. */
  runs: number;
  /** The frame that a link asks to look at. */
  frame: number | null;
}

/** Milliseconds of rest after a key in a field, before what was typed is run. */
const REST = 60;
/** Milliseconds before a run counts as slow. */
const SLOW = 500;
/** Changes that can be taken back. */
const STEPS = 200;

export class Session {
  state: State;
  /** The frame that is looked at. */
  chosen: number | null = null;
  #listeners: (() => void)[] = [];
  #engine: Engine;
  #past: Settings[] = [];
  /** The field that was typed into last: a word is taken back as a whole. */
  #typing: string | null = null;
  #timer = 0;
  #newest = 0;
  /** A key log that was given before the capture that it opens. */
  #keys: File | null = null;

  constructor(engine: Engine, settings: Settings, frame: number | null, run: Run | null) {
    this.#engine = engine;
    this.state = {
      settings,
      canUndo: false,
      opened: null,
      scenes: [],
      run,
      kept: null,
      busy: null,
      problem: null,
      said: "",
      runs: 0,
      frame,
    };
  }

  /** Calls `listener` after each change of the state. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #set(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    this.#listeners.forEach((listener) => listener());
  }

  /** Changes settings and runs them; `typed`: the field into which they are typed, which rests first. */
  change(part: Partial<Settings>, typed: string | null = null): void {
    const settings = { ...this.state.settings, ...part };
    if (typed === null || typed !== this.#typing) this.#past.push(this.state.settings);
    this.#past = this.#past.slice(-STEPS);
    this.#typing = typed;
    this.#set({ settings, canUndo: true, opened: null });
    this.#soon(typed === null ? 0 : REST);
  }

  undo(): void {
    const settings = this.#past.pop();
    if (settings === undefined) return;
    this.#typing = null;
    this.#set({ settings, canUndo: this.#past.length > 0, opened: null });
    this.#soon(0);
  }

  /** Settings from a link, and the frame it asks to look at. */
  load(settings: Settings, frame: number | null): void {
    // What was said of another link does not hold for this one.
    this.#set({ frame, problem: null });
    if (!sameSettings(settings, this.state.settings) || this.state.opened !== null) this.change(settings);
    else if (this.state.run === null) this.again();
  }

  reset(): void {
    this.change({ ...FIRST });
  }

  break(breakage: Breakage): void {
    const { breakages } = this.state.settings;
    if (breakages.some((one) => sameBreakage(one, breakage))) return;
    if (breakages.length >= MOST) {
      this.fail({ title: `At most ${MOST} things can be broken in one run.`, text: "Mend some of them first." });
      return;
    }
    this.change({ breakages: [...breakages, breakage] });
  }

  mend(index: number): void {
    this.change({ breakages: this.state.settings.breakages.filter((_, i) => i !== index) });
  }

  keep(): void {
    this.#set({ kept: this.state.run, said: "This run is kept; the next ones are compared with it." });
  }

  forget(): void {
    this.#set({ kept: null, said: "No run is kept any more." });
  }

  /** Back to the settings of the kept run. */
  backToKept(): void {
    const { kept } = this.state;
    if (kept?.task.settings) this.change(kept.task.settings);
  }

  /** Takes files: a capture, a key log, or both, in any order; a key log alone belongs to the capture that is open. */
  async open(files: Iterable<File>): Promise<void> {
    const { capture, keys, more } = await sortFiles(files);
    const before = this.state.opened;
    if (capture === null && before === null) {
      this.#keys = keys;
      this.#set({ problem: { title: "This is a key log.", text: "Now give the capture that it opens." } });
      return;
    }
    const opened: Opened =
      capture === null ? { ...before!, keys } : { capture, keys: keys ?? before?.keys ?? this.#keys, flags: "" };
    this.#keys = null;
    this.#set({ opened });
    if (more > 0) this.#set({ said: `${more} more files were given, and were left aside.` });
    this.#soon(0);
  }

  /** Flags for the reading of the capture. */
  flagsOfReading(flags: string): void {
    if (this.state.opened === null) return;
    this.#set({ opened: { ...this.state.opened, flags } });
    this.#soon(REST);
  }

  forgetKeys(): void {
    if (this.state.opened === null) return;
    this.#set({ opened: { ...this.state.opened, keys: null } });
    this.#soon(0);
  }

  /** From a capture back to the toy internet. */
  close(): void {
    this.#set({ opened: null });
    this.#soon(0);
  }

  again(): void {
    this.#soon(0);
  }

  cancel(): void {
    this.#engine.cancel(SLOT);
  }

  fail(problem: Problem): void {
    this.#set({ problem });
  }

  say(said: string): void {
    this.#set({ said });
  }

  /** Asks the program which scenes there are. */
  async findScenes(): Promise<void> {
    const { stdout } = await this.#engine.run({ args: ["scenes"] });
    const lines = new TextDecoder().decode(stdout).split("\n");
    const found = lines.map((line) => /^ {2}(\S+)\s+(.+)$/.exec(line)).filter((match) => match !== null);
    this.#set({ scenes: found.map(([, name = "", says = ""]) => ({ name, says })) });
  }

  /** What the settings or the capture ask for. */
  task(): Task {
    const { settings, opened } = this.state;
    if (opened === null) {
      return { args: argsOf(settings), files: new Map(), seed: seedOf(settings), settings };
    }
    const name = nameFor(opened.capture, null);
    const files = new Map<string, Blob>([[name, opened.capture]]);
    const args = ["read", name];
    if (opened.keys !== null) {
      const keys = nameFor(opened.keys, name);
      files.set(keys, opened.keys);
      args.push("--keylog", keys);
    }
    return { args: [...args, ...splitWords(opened.flags)], files, seed: 1n, settings: null };
  }

  #soon(rest: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), rest) as unknown as number;
  }

  async #run(): Promise<void> {
    this.#newest += 1;
    const number = this.#newest;
    const slow = setTimeout(() => this.#set({ busy: { share: null } }), SLOW);
    const progress = (share: number) => this.state.busy !== null && this.#set({ busy: { share } });
    try {
      const run = await perform(this.#engine, this.task(), progress);
      if (number === this.#newest) this.#ended(run);
    } catch (error) {
      const newer = error instanceof Cancelled && error.why === "newer";
      if (number === this.#newest && !newer) this.#failed(explain(error));
    } finally {
      clearTimeout(slow);
      if (number === this.#newest) this.#set({ busy: null });
    }
  }

  #ended(run: Run): void {
    const packets = `${run.packets.toLocaleString("en")} packet${run.packets === 1 ? "" : "s"}`;
    const said = `Run finished: ${packets}, ${Math.round(run.lastMs).toLocaleString("en")} ms.`;
    this.#set({ run, said, problem: null, busy: null, runs: this.state.runs + 1 });
  }

  #failed(problem: Problem): void {
    // The picture of another run beside these settings would mislead.
    this.#set({ run: null, said: problem.title, problem, busy: null, runs: this.state.runs + 1 });
  }
}
