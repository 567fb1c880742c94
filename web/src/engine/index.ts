// The engine: the program as WebAssembly, in a worker.

export { Cancelled, Engine } from "./engine";
export type { Job, Result } from "./engine";
export { loadModule } from "./load";
