/** Checks one description that was found: reads it to the end and words what is wrong with it (cli 5.5). */

import {
  type DescriptionFile,
  type DirectoryWarning,
  readDescription,
  settingNamed,
  type UserDatabase,
} from "../../description/mod.ts";
import { LoadError, type Location, type ServiceDescription } from "../../model/mod.ts";
import type { Finding } from "./finding.ts";
import { meantWord } from "./meant.ts";
import type { Source } from "./source.ts";

/** What checking a description needs, and whom it tells. */
export interface DescriptionCheckOptions {
  readonly source: Source;
  readonly users: UserDatabase;
  /** The daemon's user and group. */
  readonly identity: { readonly uid: number; readonly gid: number };
  report(finding: Finding): void;
  /** A variable was substituted. */
  variableUsed(): void;
}

/** The settings that errors about the service as a whole come from, by their code. */
const SETTING_OF_CODE: ReadonlyMap<string, string> = new Map([
  ["no-command", "type"],
  ["no-pid-file", "type"],
  ["ready-notification", "ready-notification"],
  ["kill-all-on-stop", "options"],
  ["consumer-type", "consumer-of"],
  ["env-file", "env-file"],
  ["unknown-user", "load-options"],
  ["user-database", "load-options"],
]);

/** One description under examination. */
export class DescriptionCheck {
  readonly #file: DescriptionFile;
  readonly #options: DescriptionCheckOptions;
  /** Where each setting was set last. */
  readonly #places = new Map<string, Location>();
  /** The services that it names as dependencies, for ordering or as producer, and where it does so first. */
  readonly #named = new Map<string, Location>();
  /** Settings with a value that is not what the daemon would use. */
  readonly #faulty = new Set<string>();
  #setting = "";

  constructor(file: DescriptionFile, options: DescriptionCheckOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** The services that it names as dependencies, for ordering or as producer, and where it does so first. */
  get named(): ReadonlyMap<string, Location> {
    return this.#named;
  }

  /** Whether the value of a setting could not be made out. */
  isFaulty(setting: string): boolean {
    return this.#faulty.has(setting);
  }

  /** Reads the description; `undefined` if something made the rest of it meaningless. */
  read(): ServiceDescription | undefined {
    const { source: { environment }, users, identity } = this.#options;
    try {
      return readDescription(this.#file, {
        environment,
        users,
        identity,
        dependency: ({ name, fromDirectory }) => fromDirectory && this.#name(name),
        warn: (_message, warning) => this.#reportDirectory(warning),
        problem: (error) => this.#reportProblem(error),
        lint: (text) => this.#reportRemark(text),
        variableUsed: () => this.#options.variableUsed(),
        line: (setting, location) => {
          this.#setting = setting;
          this.#places.set(setting, location);
        },
        named: (service) => this.#setting !== "chain-to" && this.#name(service),
      });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.#reportEnd(error);
      return undefined;
    }
  }

  /** A remark on a setting, in the form that the reference has for remarks. */
  warn(code: string, message: string, setting: string): void {
    const { fullName: service } = this.#file;
    this.#options.report({
      service,
      severity: "warning",
      code,
      message,
      text: `Service '${service}': warning: ${message}`,
      place: this.#place(setting),
      setting,
    });
  }

  #name(service: string): void {
    const place = this.#places.get(this.#setting);
    if (place !== undefined && !this.#named.has(service)) this.#named.set(service, place);
  }

  #place(setting: string | undefined): Partial<Location> {
    return this.#places.get(setting ?? "") ?? { file: this.#file.file };
  }

  /** An error behind which reading goes on. */
  #reportProblem(error: LoadError): void {
    const { location, message } = error;
    const setting = error.setting ?? SETTING_OF_CODE.get(error.code ?? "") ??
      (error.code === "unknown-setting"
        ? /'(.*)'/s.exec(message)?.[1]
        : location === undefined
        ? undefined
        : this.#setting);
    const where = location !== undefined
      ? ` (${location.file}:${location.line})`
      : error.setting !== undefined
      ? ` setting '${error.setting}'`
      : "";
    this.#reportError(error, setting, `Service '${this.#file.fullName}'${where}: ${message}`);
  }

  /** An error behind which nothing can be read. */
  #reportEnd(error: LoadError): void {
    const text = `Unable to load service '${this.#file.fullName}': ${error.message}`;
    this.#reportError(error, error.setting, text);
  }

  #reportError(error: LoadError, setting: string | undefined, text: string): void {
    if (setting !== undefined) this.#faulty.add(setting);
    this.#options.report({
      service: this.#file.fullName,
      severity: "error",
      code: error.code ?? error.kind,
      message: error.message,
      text,
      place: error.location ?? this.#place(setting),
      setting,
      suggestion: meantWord(error),
    });
  }

  #reportDirectory({ directory, detail }: DirectoryWarning): void {
    const { fullName: service } = this.#file;
    const message = `error reading dependencies from directory ${directory}: ${detail}`;
    this.#options.report({
      service,
      severity: "warning",
      code: "dependency-directory",
      message,
      text: `Service '${service}', ${message}`,
      place: this.#place(this.#setting),
      setting: this.#setting,
    });
  }

  /** A remark on a setting without effect: its text has the name of the setting, or of a flag of `options`. */
  #reportRemark(text: string): void {
    const quoted = /'(.*?)'/.exec(text)?.[1].replaceAll("_", "-") ?? "";
    this.warn("no-effect", text, settingNamed(quoted) === undefined ? "options" : quoted);
  }
}
