/**
 * The parts of a description that `enable` and `disable` need (service description 1.5, cli 4). They read only these
 * lines, so all others may have mistakes.
 */

import { type DeclaredDependency, DependencyKind, nameArgument } from "../model/mod.ts";
import { endOfName, skipSpace } from "./text/characters.ts";
import { generalError, substitutionError } from "./text/errors.ts";
import { joinPath } from "./files.ts";
import type { LineReader } from "./text/lines.ts";
import { valueText } from "./text/values.ts";
import { type LineHandler, type SettingLine, Walker } from "./text/walker.ts";
import type { MainEnvironment } from "./environment.ts";
import type { DescriptionFile } from "./find.ts";
import { settingNamed } from "./settings/table.ts";
import { substituteText, type Variables } from "./text/substitution.ts";

/** A line with a dependency directory. */
export interface LinkDirectory {
  /** The value of the line after substitution; may be empty. */
  readonly value: string;
  /** The directory. A relative path begins at the folder of the description. */
  readonly path: string;
}

/** The links of a description, read without loading anything. */
export interface StaticLinks {
  /** The services that `depends-on`, `depends-ms` and `waits-for` name. */
  readonly dependencies: readonly DeclaredDependency[];
  /** The directories of `waits-for.d`. */
  readonly waitsForDirectories: readonly LinkDirectory[];
}

/**
 * The service from which a description wants to be enabled: the last `@meta enable-via`; `undefined` without one.
 *
 * @throws {LoadError} The name is missing or has text after it, or the lines cannot be separated.
 */
export function readEnableVia(file: DescriptionFile, environment: MainEnvironment): string | undefined {
  let via: string | undefined;
  const walker = new Walker(file, variablesOf(file, environment), {
    readSetting() {},
    readMeta(lines, from) {
      via = enableViaName(lines, from, walker.service) ?? via;
    },
  });
  walker.walk();
  return via;
}

/** The name that `@meta enable-via` gives; `undefined` for any other `@meta`. */
function enableViaName({ text, end }: LineReader, from: number, service: string): string | undefined {
  const command = skipSpace(text, from, end);
  const commandEnd = endOfName(text, command, end);
  if (text.slice(command, commandEnd) !== "enable-via") return undefined;
  const name = skipSpace(text, commandEnd, end);
  const nameEnd = endOfName(text, name, end);
  if (nameEnd === name || skipSpace(text, nameEnd, end) !== end) {
    throw generalError(service, "'@meta enable-via' argument missing or malformed", "bad-meta-command");
  }
  return text.slice(name, nameEnd);
}

/**
 * Reads the links of a description without loading anything.
 *
 * @throws {LoadError} One of these lines cannot be read or substituted, or the lines cannot be separated.
 */
export function readStaticLinks(file: DescriptionFile, environment: MainEnvironment): StaticLinks {
  const reader = new LinkReader(file, environment);
  reader.walker.walk();
  return reader;
}

const NAMED = new Set(["depends-on", "depends-ms", "waits-for"]);

class LinkReader implements LineHandler, StaticLinks {
  readonly dependencies: DeclaredDependency[] = [];
  readonly waitsForDirectories: LinkDirectory[] = [];
  readonly walker: Walker;
  readonly #variables: Variables;

  constructor(file: DescriptionFile, environment: MainEnvironment) {
    this.#variables = variablesOf(file, environment);
    this.walker = new Walker(file, this.#variables, this);
  }

  readMeta(): void {}

  readSetting(line: SettingLine): void {
    if (NAMED.has(line.name)) {
      const kind = settingNamed(line.name)!.dependency ?? DependencyKind.REGULAR;
      this.dependencies.push({ kind, name: this.#value(line) });
    } else if (line.name === "waits-for.d") {
      const value = this.#value(line);
      this.waitsForDirectories.push({ value, path: joinPath(this.walker.directory, value) });
    }
  }

  #value({ lines, name, from }: SettingLine): string {
    const value = this.walker.readValue(lines, from, name);
    try {
      return substituteText(valueText(value), this.#variables);
    } catch (error) {
      throw substitutionError(this.walker.service, error, name);
    }
  }
}

function variablesOf(file: DescriptionFile, environment: MainEnvironment): Variables {
  return { get: (name) => environment.get(name), argument: nameArgument(file.fullName) };
}
