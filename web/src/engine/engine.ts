// The page's side of the worker: one run at a time, the others wait. A newer run takes the place of a waiting one in
// its slot, a run can be cancelled, and one that takes too long is. Tested in test/live-engine.test.mjs.

import type { Answer, Request } from "./messages";
import type { Done } from "./program";

/** What is to be run. */
export interface Job {
  args: string[];
  files?: Map<string, Blob>;
  seed?: bigint;
  /** Of the jobs in one slot only the newest counts. Without a slot, each counts. */
  slot?: string;
  /** Told now and then how many bytes of the files were read. */
  progress?(read: number, size: number): void;
}

/** What came of a run; its texts as the program wrote them. */
export type Result = Done;

/** A run that did not end by itself. */
export class Cancelled extends Error {
  constructor(readonly why: "newer" | "asked" | "limit") {
    super(why === "limit" ? "The run took too long and was stopped." : "The run was stopped.");
  }
}

interface Waiting {
  job: Job;
  number: number;
  since: number;
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** Milliseconds after which a run is stopped. */
const LIMIT = 60_000;
/** Milliseconds after which a newer run of its slot stops a run. A shorter one ends soon by itself. */
const PATIENCE = 300;
/** A worker is replaced after a run with this much memory, or with files of this size: WebAssembly's memory never
 *  shrinks, what is left of large files lies about for long, and ending the worker frees both. */
const LARGE_MEMORY = 64 << 20;
const LARGE_FILES = 4 << 20;

export class Engine {
  #module: Promise<WebAssembly.Module>;
  #workerUrl: string;
  #worker: Worker | null = null;
  #running: Waiting | null = null;
  #timer = 0;
  #queue: Waiting[] = [];
  #count = 0;

  /** `workerText` is the script of the worker; the module may come later. `limit`: milliseconds a run may take. */
  constructor(
    module: Promise<WebAssembly.Module>,
    workerText: string,
    readonly limit = LIMIT,
  ) {
    this.#module = module;
    this.#workerUrl = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));
    module.catch(() => {});
  }

  /** Runs the program. Rejects with [Cancelled], or when the program could not be loaded. */
  async run(job: Job): Promise<Result> {
    const module = await this.#module;
    return new Promise((resolve, reject) => {
      this.#count += 1;
      const waiting = { job, number: this.#count, since: 0, resolve, reject };
      if (job.slot !== undefined) {
        this.#makeWay(job.slot);
        // What the reader waits for comes before what is looked up on the side.
        this.#queue.unshift(waiting);
      } else {
        this.#queue.push(waiting);
      }
      this.#next(module);
    });
  }

  /** Stops the runs of a slot: the waiting ones and the one that runs. */
  cancel(slot: string): void {
    this.#drop(slot, "asked");
    if (this.#running?.job.slot === slot) {
      this.#stop("asked");
    }
  }

  #makeWay(slot: string): void {
    this.#drop(slot, "newer");
    if (this.#running?.job.slot === slot && performance.now() - this.#running.since > PATIENCE) {
      this.#stop("newer");
    }
  }

  #drop(slot: string, why: "newer" | "asked"): void {
    const dropped = this.#queue.filter((waiting) => waiting.job.slot === slot);
    this.#queue = this.#queue.filter((waiting) => waiting.job.slot !== slot);
    dropped.forEach((waiting) => waiting.reject(new Cancelled(why)));
  }

  /** A run cannot be interrupted from outside: its worker is ended, and the next run gets a new one. */
  #stop(why: "newer" | "asked" | "limit"): void {
    const stopped = this.#running;
    this.#end();
    stopped?.reject(new Cancelled(why));
    void this.#module.then((module) => this.#next(module));
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#running = null;
  }

  #next(module: WebAssembly.Module): void {
    if (this.#running !== null) {
      return;
    }
    const waiting = this.#queue.shift();
    if (waiting === undefined) {
      return;
    }
    this.#running = waiting;
    waiting.since = performance.now();
    this.#timer = setTimeout(() => this.#stop("limit"), this.limit) as unknown as number;
    const { args, files = new Map(), seed = 1n } = waiting.job;
    this.#worker ??= this.#start(module);
    this.#say(this.#worker, { kind: "run", number: waiting.number, args, files, seed });
  }

  #start(module: WebAssembly.Module): Worker {
    const worker = new Worker(this.#workerUrl);
    worker.onmessage = (event: MessageEvent<Answer>) => this.#heard(event.data, module);
    worker.onerror = (event) => {
      const broken = this.#running;
      event.preventDefault();
      this.#end();
      broken?.reject(new Error(`The worker broke off: ${event.message}`));
      this.#next(module);
    };
    this.#say(worker, { kind: "module", module });
    return worker;
  }

  #say(worker: Worker, request: Request): void {
    worker.postMessage(request);
  }

  #heard(answer: Answer, module: WebAssembly.Module): void {
    const running = this.#running;
    if (running === null || running.number !== answer.number) {
      return;
    }
    if (answer.kind === "progress") {
      running.job.progress?.(answer.read, answer.size);
      return;
    }
    clearTimeout(this.#timer);
    this.#running = null;
    if (answer.done.memory > LARGE_MEMORY || sizeOf(running.job) > LARGE_FILES) this.#end();
    running.resolve(answer.done);
    this.#next(module);
  }
}

function sizeOf({ files = new Map() }: Job): number {
  return [...files.values()].reduce((sum, blob) => sum + blob.size, 0);
}
