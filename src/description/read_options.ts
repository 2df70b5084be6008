/** What the caller provides for reading a description. */

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

/** The subject of a warning about a dependency directory. */
export interface DirectoryWarning {
  /** `open`: the directory cannot be listed; `entry`: an entry names no service. */
  readonly kind: "open" | "entry";
  /** The directory as the line writes it. */
  readonly directory: string;
  /** The system's reason why it cannot be listed, or the name of the entry. */
  readonly detail: string;
}

/** One word of a value, without quotes and escapes, before substitution. */
export interface WrittenWord {
  /** What the word says. */
  readonly text: string;
  /** Whether it is written without quotes and escapes. */
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

/** What reading a description needs, and who receives its results. */
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
   * Called for each line that names a dependency, before the next line is read. A `LoadError` that it throws passes
   * through; but if its kind is `not-found` and the request comes from a directory, it becomes a warning and the entry
   * is skipped.
   */
  dependency(request: DependencyRequest): void;
  /** Receives the warnings about dependency directories: the daemon's text and the facts. */
  warn(message: string, warning: DirectoryWarning): void;
  /**
   * Receives every error after which reading can continue. Other errors are thrown as always.
   * @default undefined: the first error is thrown
   */
  problem?: (error: LoadError) => void;
  /**
   * Receives the checker's remarks on settings without effect (3.9), without their prefix, and the setting of each
   * remark.
   * @default undefined
   */
  lint?: (text: string, setting: string) => void;
  /**
   * Called for each substituted variable of the environment.
   * @default undefined
   */
  variableUsed?: (name: string) => void;
  /**
   * Called for each substituted variable that has neither a value nor a default in the text.
   * @default undefined
   */
  variableUnset?: (name: string, setting: string) => void;
  /**
   * Called with each file before its lines are read: the description itself, and those that it includes.
   * @default undefined
   */
  file?: (path: string, text: string) => void;
  /**
   * Called with the words of each valid value, before substitution.
   * @default undefined
   */
  words?: (setting: string, words: readonly WrittenWord[]) => void;
  /**
   * Called with the service's environment file after it was read.
   * @default undefined
   */
  environmentFile?: (file: EnvironmentFileRead) => void;
  /**
   * Called for each line that sets a known setting, before its value is read. Receives the place of the value, and
   * whether the line has the form `@meta NAME = VALUE`.
   * @default undefined
   */
  line?: (setting: string, location: Location, isMeta: boolean) => void;
  /**
   * Called with each service name that an accepted line gives, valid and substituted, whatever the setting.
   * @default undefined
   */
  named?: (service: string) => void;
}
