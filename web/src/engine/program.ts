// One run of the program: a fresh instance of the WebAssembly module, with arguments and files in, and standard output,
// standard error, exit code and files out. It sees no environment and a clock that stands still, and its randomness
// comes from the run's seed: equal runs are equal to the byte. Used by the worker, and by build/first.mjs.
// Tested in test/live-engine.test.mjs.

import { Inode, WASI } from "@bjorn3/browser_wasi_shim";
import { Folder, InputFile, OutputFile } from "./files";
import { Random } from "./random";

/** What is to be run. */
export interface Task {
  /** The words after `barewire`. */
  args: string[];
  files: Map<string, InputFile>;
  seed: bigint;
}

/** What came of it. */
export interface Done {
  /** Null when the program broke off (a panic, or no memory); `broken` then says how. */
  code: number | null;
  broken: string | null;
  stdout: Uint8Array<ArrayBuffer>;
  stderr: Uint8Array<ArrayBuffer>;
  files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Size of the instance's memory at the end, in bytes. */
  memory: number;
}

/** Where the clock stands: at 2026-01-01, the day on which the toy internet lives, in nanoseconds. */
const NOW = 1_767_225_600_000_000_000n;

export function run(module: WebAssembly.Module, task: Task): Done {
  const folder = new Folder("/", new Map<string, Inode>(task.files));
  const [stdout, stderr] = [new OutputFile(), new OutputFile()];
  const stdin = new InputFile(0, () => new Uint8Array());
  const opened = stdin.path_open(0).fd_obj;
  const host = new WASI(["barewire", ...task.args], [], [opened!, stdout.open(), stderr.open(), folder], {
    debug: false,
  });

  let memory: WebAssembly.Memory | null = null;
  const random = new Random(task.seed);
  const imports = {
    ...host.wasiImport,
    random_get(at: number, length: number): number {
      random.fill(new Uint8Array(memory!.buffer, at, length));
      return 0;
    },
    clock_time_get(_clock: number, _precision: bigint, at: number): number {
      new DataView(memory!.buffer).setBigUint64(at, NOW, true);
      return 0;
    },
  };
  const [code, broken] = start();
  return {
    code,
    broken,
    stdout: stdout.bytes.slice(),
    stderr: stderr.bytes.slice(),
    files: folder.outputs(),
    memory: (memory as WebAssembly.Memory | null)?.buffer.byteLength ?? 0,
  };

  function start(): [number, null] | [null, string] {
    try {
      const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports });
      const exports = instance.exports as { memory: WebAssembly.Memory; _start(): unknown };
      memory = exports.memory;
      return [host.start({ exports }), null];
    } catch (error) {
      return [null, String(error)];
    }
  }
}
