// Files as the program sees them: outputs that grow, and inputs that are read piece by piece, so that a large capture
// is never in memory as a whole. Tested in test/live-engine.test.mjs and test/live-captures.test.mjs.

import { Fd, Inode, PreopenDirectory, wasi } from "@bjorn3/browser_wasi_shim";

/** Bytes that grow by doubling: appending a little many times stays cheap. */
export class Growing {
  #bytes = new Uint8Array(1024);
  length = 0;

  write(data: Uint8Array, at: number): void {
    const end = at + data.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    this.#bytes.set(data, at);
    this.length = Math.max(this.length, end);
  }

  clear(): void {
    this.#bytes = new Uint8Array(1024);
    this.length = 0;
  }

  /** A copy of the bytes from `start` to `end`; all of them, unless told otherwise. */
  slice(start = 0, end = this.length): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(Math.min(start, this.length), Math.min(end, this.length));
  }
}

/** What a file has to be able to do for the descriptor below. */
interface Content {
  size(): number;
  read(start: number, end: number): Uint8Array;
  /** Missing for a file that can only be read. */
  write?(data: Uint8Array, at: number): void;
}

/** An open file: a position in a content. */
class Descriptor extends Fd {
  #at = 0;

  constructor(
    readonly content: Content,
    readonly inode: bigint,
    readonly append: boolean,
  ) {
    super();
  }

  override fd_fdstat_get() {
    return { ret: 0, fdstat: new wasi.Fdstat(wasi.FILETYPE_REGULAR_FILE, 0) };
  }

  override fd_filestat_get() {
    return { ret: 0, filestat: stat(this.inode, this.content.size()) };
  }

  override fd_read(size: number) {
    try {
      const data = this.content.read(this.#at, this.#at + size);
      this.#at += data.length;
      return { ret: 0, data };
    } catch {
      // The file was changed or taken away since it was dropped on the page.
      return { ret: wasi.ERRNO_IO, data: new Uint8Array() };
    }
  }

  override fd_seek(offset: bigint, whence: number) {
    const from = whence === wasi.WHENCE_SET ? 0 : whence === wasi.WHENCE_CUR ? this.#at : this.content.size();
    const at = from + Number(offset);
    if (at < 0) {
      return { ret: wasi.ERRNO_INVAL, offset: 0n };
    }
    this.#at = at;
    return { ret: 0, offset: BigInt(at) };
  }

  override fd_tell() {
    return { ret: 0, offset: BigInt(this.#at) };
  }

  override fd_write(data: Uint8Array) {
    if (this.content.write === undefined) {
      return { ret: wasi.ERRNO_BADF, nwritten: 0 };
    }
    if (this.append) {
      this.#at = this.content.size();
    }
    this.content.write(data, this.#at);
    this.#at += data.length;
    return { ret: 0, nwritten: data.length };
  }

  override fd_sync() {
    return 0;
  }
}

function stat(inode: bigint, size: number): wasi.Filestat {
  return new wasi.Filestat(inode, wasi.FILETYPE_REGULAR_FILE, BigInt(size));
}

/** A file that the program writes. */
export class OutputFile extends Inode {
  readonly bytes = new Growing();

  override path_open(oflags: number, _rights: bigint, flags: number) {
    if ((oflags & wasi.OFLAGS_TRUNC) !== 0) {
      this.bytes.clear();
    }
    return { ret: 0, fd_obj: this.open((flags & wasi.FDFLAGS_APPEND) !== 0) };
  }

  /** A descriptor of it. Standard output is one too: it is then no terminal, as with `barewire > file`. */
  open(append = false): Fd {
    const content = {
      size: () => this.bytes.length,
      read: (start: number, end: number) => this.bytes.slice(start, end),
      write: (data: Uint8Array, at: number) => this.bytes.write(data, at),
    };
    return new Descriptor(content, this.ino, append);
  }

  override stat() {
    return stat(this.ino, this.bytes.length);
  }
}

/** A file that the program reads: `read` gives a range of its bytes. */
export class InputFile extends Inode {
  constructor(
    readonly size: number,
    readonly read: (start: number, end: number) => Uint8Array,
  ) {
    super();
  }

  override path_open(oflags: number) {
    if ((oflags & wasi.OFLAGS_TRUNC) !== 0) {
      return { ret: wasi.ERRNO_PERM, fd_obj: null };
    }
    return { ret: 0, fd_obj: new Descriptor({ size: () => this.size, read: this.read }, this.ino, false) };
  }

  override stat() {
    return stat(this.ino, this.size);
  }
}

/** An input whose bytes are in memory. */
export function inputFromBytes(bytes: Uint8Array): InputFile {
  return new InputFile(bytes.length, (start, end) => bytes.subarray(start, end));
}

/** The one folder of a run. A file that is made in it is an [OutputFile]. */
export class Folder extends PreopenDirectory {
  override path_open(
    dirflags: number,
    path: string,
    oflags: number,
    rights: bigint,
    inheriting: bigint,
    flags: number,
  ) {
    const makes = (oflags & wasi.OFLAGS_CREAT) !== 0 && (oflags & wasi.OFLAGS_DIRECTORY) === 0;
    if (makes && !path.includes("/") && !this.dir.contents.has(path)) {
      this.dir.contents.set(path, new OutputFile());
    }
    return super.path_open(dirflags, path, oflags, rights, inheriting, flags);
  }

  /** What was written. */
  outputs(): Map<string, Uint8Array<ArrayBuffer>> {
    const all = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const [name, inode] of this.dir.contents) {
      if (inode instanceof OutputFile) {
        all.set(name, inode.bytes.slice());
      }
    }
    return all;
  }
}
