/** Reads the lines of a description into a draft. */

import { baseName, isValidServiceName, LoadError, nameArgument } from "../model/mod.ts";
import type { DependencyKind, Location } from "../model/mod.ts";
import { endOfName, isSpace, skipSpace } from "./text/characters.ts";
import { Draft, type SettingTarget } from "./draft.ts";
import { generalError, substitutionError } from "./text/errors.ts";
import { directoryNames, type FileAccess, joinPath, systemErrorText } from "./files.ts";
import { Mistake } from "./text/mistake.ts";
import type { LineReader } from "./text/lines.ts";
import { readValue, type Value, valueText } from "./text/values.ts";
import { type LineHandler, type SettingLine, Walker } from "./text/walker.ts";
import type { DescriptionFile } from "./find.ts";
import type { ReadOptions, WrittenWord } from "./read_options.ts";
import type { Setting } from "./settings/setting.ts";
import { SETTING_TABLE, type SettingTable } from "./settings/table.ts";
import { hasRequiredForm, substituteText, type Variables } from "./text/substitution.ts";
import type { UserDatabase } from "./users.ts";

export class DescriptionReader implements SettingTarget, LineHandler {
  readonly draft: Draft;
  readonly users: UserDatabase;
  /** The base name of the service, which messages show. */
  readonly service: string;
  setting = "";
  /** The settings that lines may set. */
  readonly settings: SettingTable;
  readonly #fullName: string;
  readonly #options: ReadOptions;
  readonly #variables: Variables;
  readonly #walker: Walker;
  readonly #places = new Map<string, Location>();
  /** The lines with a form `${NAME?…}` that is substituted after all lines. */
  readonly #required: { readonly setting: string; readonly text: string; readonly location: Location }[] = [];

  constructor(file: DescriptionFile, options: ReadOptions) {
    this.#fullName = file.fullName;
    this.#options = options;
    this.users = options.users;
    this.settings = options.settings ?? SETTING_TABLE;
    this.service = baseName(file.fullName);
    this.draft = new Draft(file);
    this.#variables = this.variables((name) => options.environment.get(name));
    this.#walker = new Walker(file, this.#variables, this);
  }

  get realDirectory(): string {
    return this.#walker.realDirectory;
  }

  /** How the files that the description names are read. @default by the runtime */
  get files(): FileAccess | undefined {
    return this.#walker.files;
  }

  /** How much text was read so far, in characters. */
  get length(): number {
    return this.#walker.length;
  }

  /** Counts the text of another file. Throws `LoadError` if the total is too large. */
  countText(text: string): void {
    this.#walker.countText(text);
  }

  /** Reads all lines. */
  readLines(): void {
    this.#walker.walk();
  }

  /** The names for substitution, with the given source of environment variables. */
  variables(get: (name: string) => string | undefined): Variables {
    const { variableUsed: used, variableUnset: unset } = this.#options;
    return {
      get: used === undefined ? get : (name) => {
        used(name);
        return get(name);
      },
      unset: unset && ((name) => unset(name, this.setting)),
      argument: nameArgument(this.#fullName),
    };
  }

  /** Reports an error after which reading can continue. */
  report(error: LoadError): void {
    if (this.#options.problem === undefined) throw error;
    this.#options.problem(error);
  }

  /** Reports an error that concerns the service as a whole (kind G). */
  reportGeneral(message: string, code: string, cause?: unknown, path?: string): void {
    this.report(generalError(this.service, message, code, { cause, path }));
  }

  /** The last lines of settings whose values must fit those of others. */
  get places(): ReadonlyMap<string, Location> {
    return this.#places;
  }

  /** Reports an error about a setting whose line is kept. */
  reportAt(setting: string, message: string, code: string): void {
    const location = this.#places.get(setting);
    this.report(new LoadError("description", message, { service: this.service, setting, location, code }));
  }

  /** The error of a substitution after the last line; with a place if a line requires the variable. */
  substitutionError(error: unknown, setting: string): LoadError {
    return substitutionError(this.service, error, setting, ({ variable }) => {
      const form = `{${variable}`;
      return this.#required.find((one) => one.setting === setting && one.text.includes(form))?.location;
    });
  }

  depend(kind: DependencyKind, name: string): void {
    if (!isValidServiceName(name)) {
      throw new Mistake(`invalid dependency name '${name}'`, {
        code: "bad-name",
        service: name === "" ? undefined : name,
      });
    }
    this.#options.dependency({ name, kind, fromDirectory: false });
    this.draft.links.push({ kind, name });
  }

  dependOnEntries(kind: DependencyKind, directory: string): void {
    const resolved = joinPath(this.#walker.directory, directory);
    const where = `for ${this.service} service.`;
    let names: string[];
    try {
      names = directoryNames(resolved, this.files);
    } catch (error) {
      const detail = systemErrorText(error);
      this.#options.warn(`Could not open dependency directory '${resolved}' ${where}`, {
        kind: "open",
        directory,
        detail,
      });
      return;
    }
    for (const name of names.filter(isValidServiceName)) {
      try {
        this.#options.dependency({ name, kind, fromDirectory: true });
        this.draft.links.push({ kind, name });
      } catch (error) {
        if (!(error instanceof LoadError) || error.kind !== "not-found") throw error;
        this.#options.warn(
          `Ignoring unresolved dependency '${name}' in dependency directory '${directory}' ${where}`,
          { kind: "entry", directory, detail: name },
        );
      }
    }
  }

  /** `@meta NAME = VALUE` sets an extension, or a value that is one. Any other text after `@meta` is ignored, as in the reference. */
  readMeta(lines: LineReader, from: number): void {
    const { text, end } = lines;
    const start = skipSpace(text, from, end);
    const name = text.slice(start, endOfName(text, start, end));
    const setting = this.settings.named(name);
    if (setting === undefined) return;
    if (!setting.extension && !hasExtensionValue(setting, text.slice(start + name.length, end))) return;
    this.#readLine(this.#walker.settingLine(lines, start), true);
  }

  beginFile(path: string, text: string): void {
    this.#options.file?.(path, text);
  }

  readSetting(line: SettingLine): void {
    this.#readLine(line, false);
  }

  #readLine({ lines, name, start, operator, append, from }: SettingLine, isMeta: boolean): void {
    const setting = this.settings.named(name);
    try {
      if (setting === undefined) {
        throw new Mistake(`unknown setting: '${name}'.`, {
          code: "unknown-setting",
          setting: "none",
          position: start,
        });
      }
      this.#options.line?.(name, this.#walker.valueLocation(lines, from), isMeta);
      if (append && !setting.appends) {
        throw new Mistake(`cannot use '+=' with setting '${name}'`, {
          code: "bad-operator",
          setting: "none",
          position: operator,
        });
      }
      const value = readValue(lines.text, from, lines.end, setting.hashInWords);
      this.setting = name;
      this.#options.words?.(name, writtenWords(value, lines));
      const { tokens, starts } = value;
      let whole = setting.value === "tokens" ? "" : valueText(value);
      if (setting.substitution === "pre") whole = substituteText(whole, this.#variables);
      if (setting.substitution === "post" && tokens.some(hasRequiredForm)) {
        const location = this.#walker.valueLocation(lines, from);
        this.#required.push({ setting: name, text: tokens.join(" "), location });
      }
      setting.apply(this, { text: whole, tokens, starts, append });
      if (setting.combined) this.#places.set(name, this.#walker.valueLocation(lines, from));
      if (setting.syntax === "SERVICE") this.#options.named?.(whole);
    } catch (error) {
      if (error instanceof LoadError) throw error;
      this.report(
        error instanceof Mistake
          ? this.#walker.mistakeError(error, lines, from, name)
          : substitutionError(this.service, error, name, () => this.#walker.valueLocation(lines, from)),
      );
    }
  }
}

/** Whether the text behind the name of a setting is one of the values that the reference does not have. */
function hasExtensionValue({ extensionValues }: Setting, rest: string): boolean {
  const value = /^\s*[=:]\s*(\S+)\s*(?:\s#.*)?$/.exec(rest)?.[1];
  return value !== undefined && extensionValues?.test(value) === true;
}

/** The words of a value and how they are written, to check for habits from other programs. */
function writtenWords({ tokens, starts }: Value, { text, end }: LineReader): WrittenWord[] {
  return tokens.map((word, index) => {
    const start = starts[index];
    const after = start + word.length;
    const plain = text.startsWith(word, start) && (after >= end || isSpace(text.charCodeAt(after)));
    return { text: word, plain };
  });
}
