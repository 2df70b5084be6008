import { encodeBytes, reasonText } from "../../model/mod.ts";
import type { KeptLogOrder } from "../../host/keeping/orders.ts";
import type { Files } from "../../system/mod.ts";
import type { Stage, StageRecord } from "../../system/keeping.ts";
import { completeEnd, type Emit, joined, type LineFormat, NEWLINE } from "../log/line_format.ts";
import type { LogFile } from "../log/log_file.ts";
import { droppedText } from "../log/log_keeper.ts";
import { lostText, troubleText, writtenAgainText } from "../log/log_output.ts";
import { RateLimit } from "../log/rate_limit.ts";
import { isSystemError, type RotatedFile } from "../log/rotated_file.ts";
import { type Clocks, lineFormat } from "../log/stamps.ts";
import { keptFile, limitsOf } from "./kept_file.ts";
import { type Growth, pieceLength } from "./piece.ts";

/** What a pipe takes as a whole or not at all, in bytes (`PIPE_BUF`). */
const WHOLE_WRITE = 4096;
/** How much to format at once, in bytes. All logs share the memory. */
const INPUT = new Uint8Array(262_144);
/** Longer than what any format puts around a line, in bytes. */
const AROUND_LINE = 64;
/** A control character becomes six characters in JSON. */
const JSON_GROWTH = 6;
const NO_GROWTH: Growth = { perByte: 1, perLine: 0 };

/** What the output of a stage is given. */
export interface StagedOutputContext extends Clocks {
  readonly files: Files;
  readonly stage: Stage;
  /** Reports a problem, or its end, in one line. */
  report(text: string): void;
}

/** How far the output could be written. `slow`: the reader of a FIFO has no room; `failed`: the file cannot be written. */
export type WriteResult = "written" | "slow" | "failed";

/**
 * Writes the output in a stage to a log file, each byte once, wherever the program is killed. A piece of output is
 * written in three steps: the record says which file will grow, and from which size on; the file grows; the record says
 * that the piece is done. The next program cuts off what was written after the first step.
 */
export class StagedOutput {
  readonly #context: StagedOutputContext;
  #order: KeptLogOrder;
  #rotated: RotatedFile;
  #record: StageRecord;
  #format!: LineFormat; // `#continue` sets it
  #rate: RateLimit | undefined;
  #growth: Growth = NO_GROWTH;
  #trouble: string | undefined;
  /** How many bytes were lost since it began, as far as the log says so. */
  #lost = 0;
  /** Formatted output that a FIFO or a device did not take. */
  #unwritten = new Uint8Array(0);
  /** Another file is due at the next end of a line. */
  #isDue = false;
  #isFirst = true;

  constructor(order: KeptLogOrder, context: StagedOutputContext) {
    this.#context = context;
    this.#order = order;
    this.#record = context.stage.record;
    this.#rotated = keptFile(order, context);
    this.#continue();
  }

  /** The log is kept in another way from now on. */
  async change(order: KeptLogOrder): Promise<void> {
    const before = this.#order;
    this.#order = order;
    this.#continue();
    if (before.path === order.path) return this.#rotated.change(limitsOf(order));
    const old = this.#rotated;
    this.#rotated = keptFile(order, this.#context);
    await old.close();
  }

  /** Whether something is staged that is not written. */
  get isBehind(): boolean {
    return this.#record.done < this.#context.stage.end || this.#unwritten.length > 0;
  }

  /** Whether a later call of `reportDropped` has something to report. */
  get hasDropped(): boolean {
    return this.#rate?.hasDropped === true;
  }

  /** Writes what is staged, as far as possible. `again`: opens the path again after a failure. */
  write({ again = false } = {}): WriteResult {
    const { stage } = this.#context;
    try {
      let file = again && this.#trouble !== undefined ? this.#rotated.open() : this.#rotated.look();
      this.#undo(file);
      if (this.#isFirst) this.#lookAtLine(file);
      this.#noteLost(file);
      if (!this.#flush(file)) return "slow";
      while (this.#record.done < stage.end) {
        const bytes = INPUT.subarray(0, stage.read(INPUT, this.#record.done));
        const length = this.#pieceLength(bytes, file);
        if (length === undefined) break;
        if (length === 0) file = this.#begin(file, bytes.length);
        else if (!this.#writePiece(file, bytes.subarray(0, length))) return "slow";
      }
      this.#recovered();
      return "written";
    } catch (error) {
      this.#fail(error);
      return "failed";
    } finally {
      stage.free(this.#record.done);
    }
  }

  /** Gives up the oldest lines beyond a number of bytes. */
  hold(limit: number): void {
    const { stage } = this.#context;
    if (stage.end - this.#record.done <= limit) return;
    stage.dropOldest(limit);
    this.#record = stage.record;
    this.#continue();
  }

  /** Begins another file, inside a line as soon as it ends. Returns why that is not possible; empty: it is done. */
  rotate(): string {
    try {
      const file = this.#rotated.look();
      if (!file.isRegular) return `${this.#order.path} is not a regular file`;
      if (!file.atLineStart) this.#isDue = true;
      else if (file.size > 0) this.#rotated.rotate(file, 0);
      return this.#rotated.isRotated ? "" : `cannot rotate ${this.#order.path}`;
    } catch (error) {
      this.#fail(error);
      return this.#trouble ?? "";
    }
  }

  /** Opens the path again. */
  reopen(): void {
    try {
      this.#rotated.open();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Writes how many lines were dropped, unless the second is not over. */
  reportDropped(elapsed = this.#context.elapsed()): void {
    const count = this.#rate?.takeDropped(elapsed) ?? 0;
    if (count === 0) return;
    const text = encodeBytes(droppedText(count, this.#order.rateLimit));
    try {
      const record = { ...this.#record, droppedLines: 0 };
      this.#commit(this.#rotated.look(), record, (emit) => this.#format.format(text, emit));
    } catch (error) {
      this.#fail(error); // the record still has the number
    }
  }

  /** Closes the file. `ended`: the service has ended, so a line without end will not continue. */
  async close({ ended }: { readonly ended: boolean }): Promise<void> {
    if (ended) {
      this.reportDropped(Infinity);
      this.#finishLine();
    }
    const lost = this.#context.stage.end - this.#record.done;
    if (ended && lost > 0) this.#context.report(`${lost} bytes of output are lost`);
    await this.#rotated.close();
  }

  #begin(file: LogFile, next: number): LogFile {
    this.#isDue = false;
    return this.#rotated.rotate(file, next);
  }

  // ---- Pieces ------------------------------------------------------------------------------------------------

  /** `undefined`: the rest of a character has not arrived. */
  #pieceLength(bytes: Uint8Array, file: LogFile): number | undefined {
    const inLine = this.#record.line !== "none";
    const room = this.#isDue ? 0 : this.#rotated.room(file);
    const mayRotate = file.isRegular && file.atLineStart && file.size > 0 && this.#rotated.isRotated;
    const length = file.isRegular
      ? pieceLength(bytes, this.#growth, { room, mayRotate, inLine })
      : Math.min(this.#shortPiece(bytes, inLine), bytes.length);
    return length === 0 ? 0 : this.#complete(bytes.subarray(0, length)) || undefined;
  }

  /** The length without the beginning of a character at the end: a JSON document contains whole characters. */
  #complete(bytes: Uint8Array): number {
    const isWhole = this.#order.format === "text" || bytes[bytes.length - 1] === NEWLINE;
    return isWhole ? bytes.length : completeEnd(bytes);
  }

  /** A piece that a FIFO takes as a whole. */
  #shortPiece(bytes: Uint8Array, inLine: boolean): number {
    const { perByte, perLine } = this.#growth;
    const most = Math.floor((WHOLE_WRITE - perLine) / perByte);
    return Math.min(most, pieceLength(bytes, this.#growth, { room: WHOLE_WRITE, mayRotate: false, inLine }));
  }

  #writePiece(file: LogFile, bytes: Uint8Array): boolean {
    const rate = this.#rate;
    const elapsed = rate === undefined ? 0 : this.#context.elapsed();
    if (rate?.hasDropped) this.reportDropped(elapsed);
    return this.#commit(file, () => ({
      ...this.#record,
      done: this.#record.done + bytes.length,
      line: bytes[bytes.length - 1] === NEWLINE ? "none" : rate?.line ?? "kept",
      droppedLines: rate?.dropped ?? 0,
    }), (emit) => {
      if (rate === undefined) this.#format.format(bytes, emit);
      else rate.filter(bytes, elapsed, (kept) => this.#format.format(kept, emit));
    });
  }

  /** Writes a piece, so that either all of it is in the file, or nothing. False: nothing, because the reader is slow. */
  #commit(
    file: LogFile,
    after: StageRecord | (() => StageRecord),
    make: (emit: Emit) => void,
  ): boolean {
    const next = () => ({ ...(typeof after === "function" ? after() : after), writing: undefined });
    if (!file.isRegular) {
      const output: Uint8Array[] = [];
      make((bytes) => output.push(bytes.slice()));
      this.#unwritten = joined(output);
      this.#save(next());
      return this.#flush(file);
    }
    this.#save({ ...this.#record, writing: { ...file.identity, size: file.size } });
    make((bytes) => writeAll(file, bytes as Uint8Array<ArrayBuffer>)); // nobody shares memory with a thread here
    this.#save(next());
    return true;
  }

  /** Writes what a FIFO or a device did not take. False: it still does not. */
  #flush(file: LogFile): boolean {
    while (this.#unwritten.length > 0) {
      const count = file.write(this.#unwritten);
      if (count === 0) return false;
      this.#unwritten = this.#unwritten.subarray(count);
    }
    return true;
  }

  #save(record: StageRecord): void {
    this.#record = record;
    this.#context.stage.record = record;
  }

  // ---- Trouble -----------------------------------------------------------------------------------------------

  /** Cuts off what was written of a piece that is not done. */
  #undo(file: LogFile): void {
    const { writing } = this.#record;
    if (writing === undefined) return;
    const isSame = file.isRegular && file.is(writing.device, writing.inode);
    if (isSame && file.size > writing.size) this.#cut(file, writing.size);
    this.#save({ ...this.#record, writing: undefined });
  }

  #cut(file: LogFile, size: number): void {
    try {
      file.truncate(size);
      file.atLineStart = size === 0 || this.#record.line !== "kept";
    } catch (error) {
      if (!isSystemError(error)) throw error; // a file that can only grow gets the piece once more
    }
  }

  #fail(error: unknown): void {
    if (!isSystemError(error)) throw error;
    const { file } = this.#rotated;
    if (this.#record.writing !== undefined && file !== undefined) this.#undo(file);
    this.#continue(); // from the record: formats and limits had gone further
    if (this.#trouble === undefined) this.#context.report(troubleText(this.#order.path, error));
    this.#trouble = reasonText(error);
  }

  /** Writes into the log itself what was lost. */
  #noteLost(file: LogFile): void {
    const { lost } = this.#record;
    if (lost === 0) return;
    this.#finishLine();
    const begin = file.atLineStart ? "" : "\n";
    const text = `${begin}${lostText(lost, this.#trouble ?? "the keeper of the log was not there")}`;
    this.#commit(file, { ...this.#record, lost: 0 }, (emit) => this.#format.format(encodeBytes(text), emit));
    this.#lost += lost;
  }

  /** Everything is written: reports the end of the trouble. A disk with room for a few bytes is still full. */
  #recovered(): void {
    if (this.#trouble !== undefined) this.#context.report(writtenAgainText(this.#order.path, this.#lost));
    this.#trouble = undefined;
    this.#lost = 0;
  }

  /** Ends a line that will not continue. */
  #finishLine(): void {
    const { file } = this.#rotated;
    if (file === undefined || this.#record.line !== "kept") return;
    try {
      this.#commit(file, { ...this.#record, line: "none" }, (emit) => this.#format.finish(emit));
    } catch (error) {
      this.#fail(error);
    }
  }

  // ---- Beginning ---------------------------------------------------------------------------------------------

  /** The line at the end of the file continues if the stage is new: an earlier daemon has written its beginning. */
  #lookAtLine(file: LogFile): void {
    this.#isFirst = false;
    if (this.#record.done > 0 || this.#record.line !== "none" || file.atLineStart) return;
    this.#save({ ...this.#record, line: "kept" });
    this.#continue();
  }

  /** Continues from the record, as another program would. */
  #continue(): void {
    const { stamps, format, rateLimit } = this.#order;
    const { line, droppedLines } = this.#record;
    this.#format = lineFormat({ stamps, format }, this.#context, line === "kept");
    const isLimited = rateLimit > 0 || line === "dropped" || droppedLines > 0;
    this.#rate = isLimited
      ? new RateLimit(rateLimit || Infinity, { line, dropped: droppedLines })
      : undefined;
    this.#growth = format === "json"
      ? { perByte: JSON_GROWTH, perLine: AROUND_LINE }
      : { perByte: 1, perLine: stamps === "no" ? 0 : AROUND_LINE };
  }
}

function writeAll(file: LogFile, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) at += file.write(bytes.subarray(at));
}
