import { type Archive, archiveName, archivesOf } from "./archives.ts";

/** How much to compress at once, in bytes: it takes about a millisecond, and then others may run. */
const PIECE = 65_536;

/** The first number of an archive that is compressed. */
const FIRST = 2;

/** What a compressor receives from its maker. */
export interface CompressorContext {
  create(path: string, like: Deno.FileInfo): Deno.FsFile;
  report(problem: unknown): void;
}

/**
 * Compresses the archives of one log file in the background, one after the other, from number 2 on. It works in short
 * pieces on the thread of the caller, and input has precedence over it. Archives may be renamed or removed meanwhile.
 */
export class Compressor {
  readonly #path: string;
  readonly #create: CompressorContext["create"];
  readonly #report: CompressorContext["report"];
  #running: Promise<void> | undefined;
  /** There may be more to do than the present run has seen. */
  #again = false;
  #stopped = false;

  /**
   * @param path the log file whose archives to compress
   * @param context.create creates a file that does not exist, with the owner and mode of another one
   * @param context.report receives the runtime's error if an archive cannot be compressed; it then stays as it is
   */
  constructor(path: string, { create, report }: CompressorContext) {
    this.#path = path;
    this.#create = create;
    this.#report = report;
  }

  /** Begins, unless it is at work, with the archives that are not compressed. */
  wake(): void {
    this.#again = true;
    this.#running ??= this.#work().finally(() => this.#running = undefined);
  }

  /** Stops for good, and removes what is incomplete: another compressor can do it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Resolves when there is nothing to compress any more. */
  async finish(): Promise<void> {
    this.wake();
    await this.#running;
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      await this.#run().catch((error) => this.#report(error));
    }
  }

  async #run(): Promise<void> {
    const temporary = `${this.#path}.gz~`;
    for (;;) {
      const next = archivesOf(this.#path).find(({ number, compressed }) => number >= FIRST && !compressed);
      if (next === undefined || this.#stopped) return;
      await Deno.remove(temporary).catch(() => {}); // a killed compressor may have left it
      try {
        if (await this.#compress(next, temporary)) this.#replace(next.inode, temporary);
      } finally {
        await Deno.remove(temporary).catch(() => {}); // it has its final name, or is incomplete
      }
    }
  }

  /**
   * False if it was stopped before the end, or if the archive has another number by now. The new file is on the disk
   * before the old one is removed.
   */
  async #compress({ path, inode }: Archive, to: string): Promise<boolean> {
    const source = await openAt(path);
    if (source === undefined) return false;
    using _closing = source;
    const like = await source.stat();
    if (like.ino !== inode) return false;
    using target = this.#create(to, like);
    const gzip = new CompressionStream("gzip");
    const copied = this.#feed(source, gzip.writable.getWriter());
    copied.catch(() => {});
    for await (const chunk of gzip.readable) {
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await target.write(rest));
    }
    if (!await copied) return false;
    await target.sync();
    if (like.mtime !== null) await target.utime(like.mtime, like.mtime);
    return true;
  }

  async #feed(source: Deno.FsFile, writer: WritableStreamDefaultWriter<BufferSource>): Promise<boolean> {
    const buffer = new Uint8Array(PIECE);
    try {
      for (let size; (size = await source.read(buffer)) !== null;) {
        if (this.#stopped) break;
        await writer.write(buffer.slice(0, size));
        await new Promise((resolve) => setTimeout(resolve, 0)); // input comes first
      }
    } finally {
      await writer.close();
    }
    return !this.#stopped;
  }

  /** The archive may have another number by now, or be removed. */
  #replace(inode: number | null, temporary: string): void {
    const archive = archivesOf(this.#path).find((archive) => !archive.compressed && archive.inode === inode);
    if (archive === undefined) return;
    Deno.renameSync(temporary, archiveName(this.#path, archive.number, true));
    Deno.removeSync(archive.path);
  }
}

/** The file at a path; `undefined` if there is none: it was renamed meanwhile. */
async function openAt(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
