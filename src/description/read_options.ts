/** What reading a description needs from its caller. */

import type { DependencyKind, LoadError, Location } from "../model/mod.ts";
import type { MainEnvironment } from "./environment.ts";
import type { EnvironmentFileProblem } from "./environment_file.ts";
import type { SettingTable } from "./settings/table.ts";
import type { UserDatabase } from "./users.ts";

/** A dependency that a line names. */
export interface DependencyRequest {
  /** Full name, valid. */
  readonly name: string;
  /** What the dependency means for both services. */
  readonly kind: DependencyKind;
  /** Whether an entry of a directory (`depends-on.d` and the like) names it. */
  readonly fromDirectory: boolean;
}

/** What a warning about a dependency directory is about. */
export interface DirectoryWarning {
  /** `open`: the directory cannot be listed; `entry`: an entry names no service. */
  readonly kind: "open" | "entry";
  /** The directory as the line has it. */
  readonly directory: string;
  /** The system's text for why it cannot be listed, or the entry. */
  readonly detail: string;
}

/** One word of a value, without quotes and escapes, before substitution. */
export interface WrittenWord {
  /** What the word says. */
  readonly text: string;
  /** Whether it is written exactly so: without quotes and escapes. */
  readonly plain: boolean;
}

/** A service's environment file that was read. */
export interface EnvironmentFileRead {
  /** The value of `env-file`. */
  readonly setting: string;
  /** Where the file is. */
  readonly path: string;
  /** The text of the file. */
  readonly text: string;
  /** The lines that were ignored, in their order. */
  readonly problems: readonly EnvironmentFileProblem[];
}

/** What reading a description needs, and whom it tells. */
export interface ReadOptions {
  /** The settings that lines may set. @default those of the program */
  readonly settings?: SettingTable;
  /** The environment of the daemon, whose variables are substituted. */
  readonly environment: MainEnvironment;
  /** The users and groups of the system. */
  readonly users: UserDatabase;
  /** The daemon's effective user and group. */
  readonly identity: { readonly uid: number; readonly gid: number };
  /**
   * Called at the very line that names a dependency. A `LoadError` that it throws passes through; but if it is of
   * kind `not-found` and the request is from a directory, it becomes a warning and the entry is skipped.
   */
  dependency(request: DependencyRequest): void;
  /** Receives the warnings about dependency directories: the daemon's text, and the facts. */
  warn(message: string, warning: DirectoryWarning): void;
  /**
   * Receives every error behind which reading can go on. Errors that make the rest meaningless are thrown as ever.
   * @default undefined: the first error is thrown
   */
  problem?: (error: LoadError) => void;
  /**
   * Receives the checker's remarks on settings without effect (3.9), without the words in front of them, and the
   * setting that each is about.
   * @default undefined
   */
  lint?: (text: string, setting: string) => void;
  /**
   * Called whenever a variable of the environment is substituted.
   * @default undefined
   */
  variableUsed?: (name: string) => void;
  /**
   * Called whenever a variable is substituted that has no value and for which the text gives none.
   * @default undefined
   */
  variableUnset?: (name: string, setting: string) => void;
  /**
   * Called with each file before its lines are read: the description itself, and those that it includes.
   * @default undefined
   */
  file?: (path: string, text: string) => void;
  /**
   * Called with the words of each value that can be read, before substitution.
   * @default undefined
   */
  words?: (setting: string, words: readonly WrittenWord[]) => void;
  /**
   * Called with the service's environment file once it is read.
   * @default undefined
   */
  environmentFile?: (file: EnvironmentFileRead) => void;
  /**
   * Called with every line that sets a known setting, before its value is read: where the value begins, and whether
   * the line is of the form `@meta NAME = VALUE`.
   * @default undefined
   */
  line?: (setting: string, location: Location, isMeta: boolean) => void;
  /**
   * Called with the name of a service, valid and substituted, that an accepted line gives, whatever its setting.
   * @default undefined
   */
  named?: (service: string) => void;
}
