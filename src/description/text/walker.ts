/**
 * Iterates over the lines of a description and of the files that it includes (service description 1.2 and 1.5). A
 * handler interprets the lines.
 */

import { baseName, LoadError, type Location } from "../../model/mod.ts";
import { endOfName, skipSpace } from "./characters.ts";
import { generalError, substitutionError } from "./errors.ts";
import {
  directoryOf,
  type FileAccess,
  type FileContents,
  joinPath,
  readWholeFile,
  wholePath,
} from "../files.ts";
import { LineReader } from "./lines.ts";
import { Mistake } from "./mistake.ts";
import { readValue, type Value } from "./values.ts";
import type { DescriptionFile } from "../find.ts";
import { FILES_LIMIT, megabytes } from "../limits.ts";
import { substituteText, type Variables } from "./substitution.ts";

/** A line of the form `NAME OP VALUE`. */
export interface SettingLine {
  /** The logical line. */
  readonly lines: LineReader;
  readonly name: string;
  /** Where the name begins. */
  readonly start: number;
  /** Where the operator begins. */
  readonly operator: number;
  /** Whether the operator is `+=`. */
  readonly append: boolean;
  /** Where the text of the value begins, including white space. */
  readonly from: number;
}

/** The handler of the lines. */
export interface LineHandler {
  readSetting(line: SettingLine): void;
  /** A file begins: the description itself, or an included file. */
  beginFile?(path: string, text: string): void;
  /** `@meta`; its text begins at `from`. */
  readMeta(lines: LineReader, from: number): void;
}

/** The file that is being read: the description itself, or an included file. */
interface Fragment {
  /** The name of the file in messages. */
  readonly file: string;
  /** Where `@include` and `env-file` begin. */
  readonly realDirectory: string;
  /** Where dependency directories begin. */
  readonly directory: string;
  /** Where a place really is. @default there */
  readonly place?: DescriptionFile["place"];
}

/** Deeper includes would exhaust the descriptors of a daemon that keeps each file and its directory open. */
const MAX_INCLUDE_DEPTH = 500;
/** Two files that include each other more than once would grow without end. */
const MAX_INCLUDES = 10_000;

/** Service description 1.4. */
const TOO_LONG = "supported length for string/container exceeded";

const EQUALS = 0x3d;
const COLON = 0x3a;
const PLUS = 0x2b;
const HASH = 0x23;
const AT = 0x40;

/** Iterates over one description, and knows its current place. */
export class Walker {
  /** The base name of the service, which messages show. */
  readonly service: string;
  /** How the files are read. @default by the runtime */
  readonly files: FileAccess | undefined;
  #fragment: Fragment;
  #depth = 0;
  #includes = 0;
  #length: number;
  readonly #text: string;
  readonly #variables: Variables;
  readonly #handler: LineHandler;

  constructor(file: DescriptionFile, variables: Variables, handler: LineHandler) {
    this.service = baseName(file.fullName);
    this.files = file.files;
    this.#text = file.text;
    this.#length = file.text.length;
    this.#variables = variables;
    this.#handler = handler;
    this.#fragment = {
      file: file.file,
      realDirectory: file.realDirectory,
      directory: directoryOf(file.file),
      place: file.place,
    };
  }

  /** Where relative paths of `@include` and `env-file` begin. */
  get realDirectory(): string {
    return this.#fragment.realDirectory;
  }

  /** Where relative paths of dependency directories begin. */
  get directory(): string {
    return this.#fragment.directory;
  }

  /** How much text was read so far, in characters. */
  get length(): number {
    return this.#length;
  }

  /** Reads all lines in order. */
  walk(): void {
    // A text that was made from another one is not what people have written.
    if (this.#fragment.place === undefined) this.#handler.beginFile?.(this.#fragment.file, this.#text);
    this.#readLines(this.#text);
  }

  /**
   * The error for a mistake in a line of the setting `setting` whose value is searched from `from` (kinds L and LS). It
   * has a column only if the column belongs to the line that the message names.
   */
  mistakeError(mistake: Mistake, lines: LineReader, from: number, setting: string): LoadError {
    const { position, linesAbove, setting: named = "own" } = mistake.options;
    const valueStart = skipSpace(lines.text, from, lines.end);
    const line = linesAbove !== undefined
      ? lines.lineAt(position ?? valueStart) - linesAbove
      : valueStart === lines.end
      ? lines.lastLine
      : lines.lineAt(valueStart);
    const shown = named === "none" ? undefined : named === "own" ? setting : named.name;
    return this.#located(mistake, this.#place(lines, line, position ?? valueStart), shown);
  }

  /** The place of the value that is searched from `from`. */
  valueLocation(lines: LineReader, from: number): Location {
    const start = skipSpace(lines.text, from, lines.end);
    return this.#place(lines, lines.lineAt(start), start);
  }

  /**
   * Reads a value and ignores it.
   * @throws {LoadError}
   */
  readValue(lines: LineReader, from: number, setting: string): Value {
    try {
      return readValue(lines.text, from, lines.end);
    } catch (error) {
      throw error instanceof Mistake ? this.mistakeError(error, lines, from, setting) : error;
    }
  }

  #place(lines: LineReader, line: number, position: number): Location {
    const { file, place } = this.#fragment;
    const column = lines.lineAt(position) === line ? lines.columnAt(position) : undefined;
    if (place !== undefined) return place(line, column);
    return column === undefined ? { file, line } : { file, line, column };
  }

  #located({ message, options }: Mistake, location: Location, setting?: string): LoadError {
    return new LoadError("description", message, {
      service: options.service ?? this.service,
      setting,
      location,
      code: options.code ?? "bad-value",
      cause: options.cause,
    });
  }

  #readLines(source: string): void {
    const lines = new LineReader(source);
    while (this.#nextLine(lines)) {
      const { text, end } = lines;
      const start = skipSpace(text, lines.start, end);
      if (start === end) continue;
      const first = text.charCodeAt(start);
      if (first === HASH) continue;
      if (first === AT) this.#readMetaCommand(lines, start);
      else this.#handler.readSetting(this.settingLine(lines, start));
    }
  }

  #nextLine(lines: LineReader): boolean {
    try {
      return lines.next();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      throw this.#located(error, { file: this.#fragment.file, line: lines.lastLine });
    }
  }

  /**
   * The parts of `NAME OP VALUE`, which begins at `start`.
   * @throws {LoadError} The line has another form.
   */
  settingLine(lines: LineReader, start: number): SettingLine {
    const { text, end } = lines;
    const nameEnd = endOfName(text, start, end);
    const operator = skipSpace(text, nameEnd, end);
    const sign = text.charCodeAt(operator);
    const append = sign === PLUS && operator + 1 < end && text.charCodeAt(operator + 1) === EQUALS;
    if (nameEnd === start || operator === end || !(append || sign === EQUALS || sign === COLON)) {
      const mistake = new Mistake("badly formed line.", { code: "bad-line" });
      throw this.#located(mistake, this.#place(lines, lines.lastLine, operator));
    }
    const from = operator + (append ? 2 : 1);
    return { lines, name: text.slice(start, nameEnd), start, operator, append, from };
  }

  /** Reads a line that begins with `@`. */
  #readMetaCommand(lines: LineReader, start: number): void {
    const { text, end } = lines;
    const nameEnd = endOfName(text, start + 1, end);
    const name = text.slice(start + 1, nameEnd);
    if (name === "meta") {
      this.#handler.readMeta(lines, nameEnd);
      return;
    }
    if (name !== "include" && name !== "include-opt") {
      throw this.#badMetaCommand("bad meta command", lines, start);
    }
    const { tokens } = this.readValue(lines, nameEnd, name);
    if (tokens.length !== 1) {
      throw this.#badMetaCommand(`'@${name}' requires a single argument`, lines, start);
    }
    let path: string;
    try {
      path = substituteText(tokens[0], this.#variables);
    } catch (error) {
      throw substitutionError(this.service, error, name);
    }
    this.#include(path, name === "include-opt", this.#place(lines, lines.lineAt(start), start));
  }

  #badMetaCommand(message: string, lines: LineReader, start: number): LoadError {
    const mistake = new Mistake(message, { code: "bad-meta-command" });
    return this.#located(mistake, this.#place(lines, lines.lineAt(start), start));
  }

  #include(path: string, isOptional: boolean, location: Location): void {
    if (this.#depth === MAX_INCLUDE_DEPTH) {
      throw generalError(this.service, `${path}: cannot open: Too many open files`, "include", { location });
    }
    const resolved = path === "" ? "" : joinPath(this.realDirectory, path);
    const found = readWholeFile(resolved, this.files);
    if (!found.ok) {
      if (isOptional && found.missing) return;
      const how = found.stage === "open" ? "cannot open: " : "";
      throw generalError(this.service, `${path}: ${how}${found.text}`, "include", {
        cause: found.cause,
        location,
        path: wholePath(resolved),
      });
    }
    this.#countInclude(found);
    const outer = this.#fragment;
    this.#fragment = { file: path, realDirectory: found.realDirectory, directory: directoryOf(resolved) };
    this.#depth += 1;
    this.#handler.beginFile?.(resolved, found.text);
    this.#readLines(found.text);
    this.#depth -= 1;
    this.#fragment = outer;
  }

  #countInclude(file: FileContents): void {
    this.#includes += 1;
    if (this.#includes > MAX_INCLUDES) throw generalError(this.service, TOO_LONG, "too-long");
    this.countText(file.text);
  }

  /** Counts the text of a file that belongs to the description. Throws `LoadError` if the total is too large. */
  countText(text: string): void {
    this.#length += text.length;
    if (this.#length <= FILES_LIMIT) return;
    const reason = `${TOO_LONG} (the limit of all its files together is ${megabytes(FILES_LIMIT)})`;
    throw generalError(this.service, reason, "too-long");
  }
}
