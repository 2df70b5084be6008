/** A description while its lines are being read. */

import {
  type DeclaredDependency,
  DEFAULT_DESCRIPTION,
  type DependencyKind,
  type ServiceDescription,
} from "../model/mod.ts";
import type { DescriptionFile } from "./find.ts";
import type { UserDatabase } from "./users.ts";

/** The description with its fields open to changes. The paths are not substituted yet. */
export type OpenDescription = { -readonly [Field in keyof ServiceDescription]: ServiceDescription[Field] };

/** A field that holds a path. Empty: none. */
export type PathField = {
  [F in keyof OpenDescription]: [OpenDescription[F], string] extends [string, OpenDescription[F]] ? F : never;
}[keyof OpenDescription];

/** A command before substitution. */
export interface CommandWords {
  readonly tokens: string[];
  /** Whether the text of the command is empty, which is not the same as having no tokens. */
  isBlank: boolean;
}

/** Everything that the lines said so far. */
export class Draft {
  readonly description: OpenDescription;
  command: CommandWords = { tokens: [], isBlank: true };
  stopCommand: CommandWords = { tokens: [], isBlank: true };
  /** The resolved path of the environment file, or empty. */
  environmentFile = "";
  /** `env-file` as it is written, substituted; empty for none. */
  environmentFileSetting = "";
  /** Whether `nice`, `oom-score-adj` and `capabilities` have lines, also ones whose value is wrong or means nothing. */
  readonly given = { nice: false, oomScoreAdjust: false, capabilities: false };
  /** `export-passwd-vars` */
  exportsUser = false;
  /** `export-service-name` */
  exportsName = false;
  /** The primary group of a `socket-uid` that was given by name. */
  socketUserGroup: number | undefined = undefined;
  /** The primary group of a `logfile-uid` that was given by name. */
  logUserGroup: number | undefined = undefined;
  readonly links: DeclaredDependency[] = [];
  readonly after: DeclaredDependency[] = [];
  readonly before: DeclaredDependency[] = [];

  constructor(file: DescriptionFile) {
    const description: OpenDescription = { ...DEFAULT_DESCRIPTION };
    description.name = file.fullName;
    description.directory = file.directory;
    description.file = file.file;
    description.modified = file.modified;
    this.description = description;
  }
}

/** A value as a setting receives it: without quotes and escapes, and substituted if it is to be so before loading. */
export interface SettingValue {
  readonly text: string;
  readonly tokens: string[];
  /** Where each token begins in the logical line. */
  readonly starts: readonly number[];
  /** Whether the operator was `+=`. */
  readonly append: boolean;
}

/** What a line of a description works on. */
export interface SettingTarget {
  readonly draft: Draft;
  readonly users: UserDatabase;
  /** The name of the setting as it is written. */
  readonly setting: string;
  /** Where relative paths of `env-file` begin. */
  readonly realDirectory: string;
  /** Loads a dependency and links it. */
  depend(kind: DependencyKind, name: string): void;
  /** Loads and links what the entries of a directory name. */
  dependOnEntries(kind: DependencyKind, directory: string): void;
}
