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
  /** The words as they are written, without quotes and escapes. */
  readonly tokens: string[];
  /** Whether the text of the command is empty; a command without tokens may still have text. */
  isBlank: boolean;
}

/** Everything that the lines have set so far. */
export class Draft {
  /** The fields of the description that lines have set, and the defaults of the others. */
  readonly description: OpenDescription;
  /** `command` */
  command: CommandWords = { tokens: [], isBlank: true };
  /** `stop-command` */
  stopCommand: CommandWords = { tokens: [], isBlank: true };
  /** `health-command` before substitution. */
  healthCommand: string[] = [];
  /** The resolved path of the environment file, or empty. */
  environmentFile = "";
  /** The value of `env-file` after substitution; empty for none. */
  environmentFileSetting = "";
  /** Whether the environment file may be absent (`env-file = -PATH`). */
  environmentFileOptional = false;
  /** The lines of `env`, before substitution. */
  readonly environmentLines: { readonly name: string; readonly text: string }[] = [];
  /** Whether these settings have lines, including lines with a wrong or empty value. */
  readonly given = { nice: false, oomScoreAdjust: false, capabilities: false, restart: false };
  /** `export-passwd-vars` */
  exportsUser = false;
  /** `export-service-name` */
  exportsName = false;
  /** The primary group of a `socket-uid` that was given by name. */
  socketUserGroup: number | undefined = undefined;
  /** The primary group of a `logfile-uid` that was given by name. */
  logUserGroup: number | undefined = undefined;
  /** Dependencies, in the order of the lines. */
  readonly links: DeclaredDependency[] = [];
  /** The services that this one is ordered after. */
  readonly after: DeclaredDependency[] = [];
  /** The services that this one is ordered before. */
  readonly before: DeclaredDependency[] = [];

  /** Begins with the defaults, and with what is known from finding the file. */
  constructor(file: DescriptionFile) {
    const description: OpenDescription = { ...DEFAULT_DESCRIPTION };
    description.name = file.fullName;
    description.directory = file.directory;
    description.file = file.file;
    description.modified = file.modified;
    this.description = description;
  }
}

/**
 * A value as a setting receives it: without quotes and escapes. It is already substituted if its setting is substituted
 * before loading.
 */
export interface SettingValue {
  /** The value as one text. */
  readonly text: string;
  /** The value as words. */
  readonly tokens: string[];
  /** Where each token begins in the logical line. */
  readonly starts: readonly number[];
  /** Whether the operator was `+=`. */
  readonly append: boolean;
}

/** The state that a line of a description changes. */
export interface SettingTarget {
  /** What the lines have said so far. */
  readonly draft: Draft;
  /** The users and groups of the system. */
  readonly users: UserDatabase;
  /** The name of the setting as the line writes it. */
  readonly setting: string;
  /** Where relative paths of `env-file` begin. */
  readonly realDirectory: string;
  /** Loads a dependency and links it. */
  depend(kind: DependencyKind, name: string): void;
  /** Loads and links what the entries of a directory name. */
  dependOnEntries(kind: DependencyKind, directory: string): void;
}
