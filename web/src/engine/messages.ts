// What the page and its worker say to each other.

import type { Done } from "./program";

/** To the worker: first the module, then a run at a time. */
export type Request =
  | { kind: "module"; module: WebAssembly.Module }
  | { kind: "run"; number: number; args: string[]; files: Map<string, Blob>; seed: bigint };

/** From the worker: how much of the files was read so far, and the end of the run. */
export type Answer =
  { kind: "progress"; number: number; read: number; size: number } | { kind: "done"; number: number; done: Done };
