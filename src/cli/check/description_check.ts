/** Checks one description file: reads all of it and words its problems (cli 5.5). */

import {
  type DescriptionFile,
  type DirectoryWarning,
  readDescription,
  type SettingTable,
  type UserDatabase,
} from "../../description/mod.ts";
import { baseName, LoadError, type Location, placeText, type ServiceDescription } from "../../model/mod.ts";
import type { Finding } from "./finding.ts";
import { environmentFindings, textFindings, valueFindings } from "./habit_findings.ts";
import { meantWord } from "./meant.ts";
import { errorRemedy } from "./remedy.ts";
import type { Source } from "./source.ts";

/** The options of the check, and who receives its results. */
export interface DescriptionCheckOptions {
  readonly source: Source;
  readonly users: UserDatabase;
  /** The daemon's user and group. */
  readonly identity: { readonly uid: number; readonly gid: number };
  /** The settings that descriptions may use. */
  readonly settings: SettingTable;
  /** Warns about lines that dinit 0.22.1 refuses. */
  readonly portable: boolean;
  report(finding: Finding): void;
}

/** The settings that cause errors about the service as a whole, by code of the error. */
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

const GUESSED_VARIABLES =
  "variable substitution performed by dinit-check for file paths may not match dinit daemon " +
  "(environment may differ); use --online to avoid this warning";

/** Settings that name services that this one can do without. */
const NO_DEPENDENCIES: readonly string[] = ["chain-to", "on-failure"];

/** The check of one description. */
export class DescriptionCheck {
  readonly #file: DescriptionFile;
  readonly #options: DescriptionCheckOptions;
  /** Where each setting was set last. */
  readonly #places = new Map<string, Location>();
  /** The services that it names as dependency, for ordering or as producer, with the first place of each. */
  readonly #named = new Map<string, Location>();
  #setting = "";
  #mentionedVariables = false;

  constructor(file: DescriptionFile, options: DescriptionCheckOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** The services that it names as dependency, for ordering or as producer, with the first place of each. */
  get named(): ReadonlyMap<string, Location> {
    return this.#named;
  }

  /** Reads the description; `undefined` after an error that makes the rest meaningless. */
  read(): ServiceDescription | undefined {
    const { source: { environment }, users, identity, settings, report } = this.#options;
    const { fullName: service } = this.#file;
    let inMeta = false;
    try {
      return readDescription(this.#file, {
        settings,
        environment,
        users,
        identity,
        dependency: ({ name, fromDirectory }) => fromDirectory && this.#name(name),
        warn: (_message, warning) => this.#reportDirectory(warning),
        problem: (error) => this.#reportProblem(error),
        lint: (message, setting) => this.warn({ code: "no-effect", message, setting }),
        variableUsed: () => this.#noteVariables(),
        variableUnset: (name, setting) => this.#reportUnset(name, setting),
        file: (path, text) => textFindings(service, path, text).forEach(report),
        words: (setting, words) => {
          const row = settings.named(setting);
          const word = words[0]?.text ?? "";
          if (!inMeta && row?.extensionValues?.test(word)) this.#reportExtension(setting, word);
          valueFindings(service, row, words, this.#place(setting)).forEach(report);
        },
        environmentFile: ({ setting: shown, ...file }) =>
          environmentFindings({ service, shown, ...file }).forEach(report),
        line: (setting, location, isMeta) => {
          this.#setting = setting;
          this.#places.set(setting, location);
          inMeta = isMeta;
          if (!isMeta && settings.named(setting)?.extension) this.#reportExtension(setting);
        },
        named: (name) => !NO_DEPENDENCIES.includes(this.#setting) && this.#name(name),
      });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.#reportEnd(error);
      return undefined;
    }
  }

  /** A remark on a setting, in the form of the reference's remarks. */
  warn(remark: Required<Pick<Finding, "code" | "message" | "setting">> & Partial<Finding>): void {
    const { fullName: service } = this.#file;
    this.#options.report({
      service,
      severity: "warning",
      text: `Service '${service}': warning: ${remark.message}`,
      place: this.#place(remark.setting),
      ...remark,
    });
  }

  /** Once per service, as in the reference. */
  #noteVariables(): void {
    if (this.#mentionedVariables || !this.#options.source.guessed) return;
    this.#mentionedVariables = true;
    this.#options.report({
      service: "",
      severity: "note",
      code: "variables",
      message: GUESSED_VARIABLES,
      text: `dinit-check: warning: ${GUESSED_VARIABLES}`,
    });
  }

  #reportUnset(name: string, setting: string): void {
    const message = `variable ${name} is not set, so nothing takes its place in '${setting}'; ` +
      `set it in an environment file, or write \${${name}:-VALUE}`;
    this.warn({ code: "unset-variable", message, setting, origin: "advice" });
  }

  /** The present line is one that dinit 0.22.1 refuses. `value`: only because of this value. */
  #reportExtension(setting: string, value?: string): void {
    const location = this.#places.get(setting);
    if (!this.#options.portable || location === undefined) return;
    const { fullName: service } = this.#file;
    const refused = value === undefined ? `the setting '${setting}'` : `'${setting} = ${value}'`;
    const message = `dinit 0.22.1 refuses ${refused}; write @meta ${setting} = ${value ?? "VALUE"}`;
    const text = `Service '${service}' (${placeText(location)}): warning: ${message}`;
    this.warn({ code: "not-portable", message, setting, text, place: location, origin: "portable" });
  }

  #name(service: string): void {
    const place = this.#places.get(this.#setting);
    if (place !== undefined && !this.#named.has(service)) this.#named.set(service, place);
  }

  #place(setting: string | undefined): Partial<Location> {
    return this.#places.get(setting ?? "") ?? { file: this.#file.file };
  }

  /** An error after which reading continues. */
  #reportProblem(error: LoadError): void {
    const { location, message } = error;
    const setting = error.setting ?? SETTING_OF_CODE.get(error.code ?? "") ??
      (error.code === "unknown-setting"
        ? /'(.*)'/s.exec(message)?.[1]
        : location === undefined
        ? undefined
        : this.#setting);
    const where = location !== undefined
      ? ` (${placeText(location)})`
      : error.setting === undefined
      ? ""
      : this.#options.settings.named(error.setting)?.substitution === "post"
      ? `: ${error.setting}` // substituted after all lines, when the reference words it like this
      : ` setting '${error.setting}'`;
    // An invalid name of a dependency is reported as a mistake of that service.
    const named = error.code === "bad-name" && error.service !== baseName(this.#file.fullName);
    const service = named ? error.service : this.#file.fullName;
    this.#reportError(error, setting, `Service '${service}'${where}: ${message}`);
  }

  /** An error after which reading cannot continue. */
  #reportEnd(error: LoadError): void {
    const text = `Unable to load service '${this.#file.fullName}': ${error.message}`;
    this.#reportError(error, error.setting, text);
  }

  #reportError(error: LoadError, setting: string | undefined, text: string): void {
    this.#options.report({
      service: this.#file.fullName,
      severity: "error",
      code: error.code ?? error.kind,
      message: error.message,
      text,
      place: error.location ?? this.#place(setting),
      setting,
      suggestion: meantWord(error),
      remedy: errorRemedy(error),
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
}
