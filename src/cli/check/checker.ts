/** A run of the checker over services and everything that they name (cli 5.4). */

import {
  type DescriptionFile,
  findDescription,
  isServiceModule,
  isSharedFile,
  type SettingTable,
  type SharedFileSearch,
  type UserDatabase,
} from "../../description/mod.ts";
import { baseName, LoadError, type Location, placeText, type ServiceDescription } from "../../model/mod.ts";
import { DescriptionCheck } from "./description_check.ts";
import { checkFiles } from "./file_checks.ts";
import type { Finding, Reporter } from "./finding.ts";
import { counts, type Form } from "./form.ts";
import { checkConsumers, checkCycles, type CheckedService } from "./graph_checks.ts";
import { meantService } from "./meant.ts";
import { missingRemedy } from "./remedy.ts";
import type { Source } from "./source.ts";

/** The options of a run. */
export interface CheckerOptions {
  readonly source: Source;
  readonly users: UserDatabase;
  /** The daemon's user and group. */
  readonly identity: { readonly uid: number; readonly gid: number };
  /** The settings that descriptions may use. */
  readonly settings: SettingTable;
  /** Warns about lines that dinit 0.22.1 refuses. */
  readonly portable: boolean;
  readonly reporter: Reporter;
  readonly form: Form;
  /** Searches the files with several services among the directories. @default there are none */
  readonly shared?: SharedFileSearch;
}

/** The longest chain of services that the daemon loads. */
const MAX_DEPTH = 32;
/**
 * The checker suggests similar names for at most this many missing services: for thousands, the search would take long.
 */
const MAX_LOOKUPS = 200;

/** A service to check. */
interface Task {
  readonly name: string;
  /** The number of services from the command line to this one, itself included. */
  readonly depth: number;
  readonly neededBy?: { readonly service: string; readonly place: Location };
}

/** Checks services. It reads each description file once, even if several services name it. */
export class Checker {
  readonly #options: CheckerOptions;
  readonly #files = new Map<string, DescriptionFile | LoadError>();
  readonly #services = new Map<string, CheckedService>();
  #available: readonly string[] | undefined;
  #lookups = 0;
  #clean = true;
  #mentionedVariables = false;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /**
   * Checks the services, tells the reporter, and returns whether no finding counts.
   *
   * @param found findings from before the services. @default none
   */
  run(services: readonly string[], found: readonly Finding[] = []): boolean {
    const { reporter } = this.#options;
    for (const finding of found) this.#report(finding);
    const tooDeep = this.#checkAll(services);
    reporter.secondary();
    const report = (finding: Finding) => this.#report(finding);
    checkConsumers(this.#services, report);
    for (const task of tooDeep) this.#reportDepth(task);
    checkCycles(this.#services, report);
    reporter.secondaryDone();
    reporter.end(this.#clean);
    return this.#clean;
  }

  /** A description that was read completely. */
  description(service: string): ServiceDescription | undefined {
    return this.#services.get(service)?.description;
  }

  /** Checks each service separately. Returns those that the daemon would not reach. */
  #checkAll(services: readonly string[]): Task[] {
    const tasks: Task[] = services.map((name) => ({ name, depth: 1 }));
    const known = new Set(services);
    const begun = new Set<string>();
    const tooDeep: Task[] = [];
    for (const task of tasks) {
      const { name: service, depth } = task;
      this.#options.reporter.checking(service);
      if (begun.has(service)) continue;
      begun.add(service);
      const named = this.#check(task);
      if (depth > MAX_DEPTH) {
        tooDeep.push(task);
        continue;
      }
      for (const [name, place] of named) {
        if (known.has(name)) continue;
        known.add(name);
        tasks.push({ name, depth: depth + 1, neededBy: place && { service, place } });
      }
    }
    return tooDeep;
  }

  /** Checks one service. Returns the services that it names, and where it names them. */
  #check(task: Task): Iterable<readonly [string, Location | undefined]> {
    const file = this.#find(task.name);
    if (file instanceof LoadError) {
      this.#reportMissing(task, file);
      return [];
    }
    const { source, form } = this.#options;
    const check = new DescriptionCheck(file, {
      ...this.#options,
      report: (finding) => this.#report(finding),
    });
    const description = check.read();
    const { named } = check;
    // In our own form, services that a broken description names are checked as well: one run finds everything.
    if (description === undefined) return form.own ? named : [];
    this.#services.set(task.name, { description, named });
    checkFiles(description, source, form.own, check);
    this.#checkHooks(description, check);
    const { dependencies, consumerOf } = description;
    const names = dependencies.map(({ name }) => name);
    if (consumerOf !== "") names.push(consumerOf);
    return names.map((name) => [name, named.get(name)] as const);
  }

  /** A missing service is no error: it is only needed after a failure. */
  #checkHooks({ onFailure }: ServiceDescription, check: DescriptionCheck): void {
    for (const name of onFailure) {
      const found = this.#find(name);
      if (!(found instanceof LoadError)) continue;
      const message = `service '${name}' cannot be started after a failure: ${found.message}`;
      check.warn({ code: "on-failure", message, setting: "on-failure" });
    }
  }

  #find(fullName: string): DescriptionFile | LoadError {
    const base = baseName(fullName);
    let found = this.#files.get(base);
    if (found === undefined) {
      found = find(base, this.#options);
      this.#files.set(base, found);
    }
    return found instanceof LoadError ? found : { ...found, fullName };
  }

  #report(finding: Finding): void {
    const { form, reporter } = this.#options;
    if (finding.origin === "advice" && !form.explains) return;
    if (finding.code === "variables" && form.own) {
      if (this.#mentionedVariables) return; // in our own form once per run, in the reference's once per service
      this.#mentionedVariables = true;
    }
    if (counts(finding, form)) this.#clean = false;
    reporter.finding(finding);
  }

  /** The description does not exist or cannot be read. */
  #reportMissing({ name, neededBy }: Task, { kind, code = kind, message, location }: LoadError): void {
    const common = { service: name, severity: "error", code, neededBy } as const;
    if (kind === "not-found") {
      this.#report({
        ...common,
        message,
        text: `Unable to load service '${name}': ${message}`,
        place: neededBy?.place,
        suggestion: this.#meant(name),
        remedy: missingRemedy(name, this.#options.source.directories),
      });
      return;
    }
    if (location !== undefined) {
      const text = `Unable to load service '${name}' (${placeText(location)}): ${message}`;
      this.#report({ ...common, message, text, place: location });
      return;
    }
    // The message is `FILE: REASON`.
    const colon = message.lastIndexOf(": ");
    const file = message.slice(0, colon);
    const reason = message.slice(colon + 2);
    const text = code === "unreadable"
      ? `Service '${name}', error reading service description: ${reason}\n` +
        `Unable to load service '${name}': ${file}: error while reading service description`
      : `Unable to load service '${name}': ${message}`;
    this.#report({ ...common, message, text, place: { file } });
  }

  #reportDepth({ name, neededBy }: Task): void {
    const message = `exceeds maximum allowed dependency depth (${MAX_DEPTH}).`;
    this.#report({
      service: name,
      severity: "note",
      code: "depth",
      message,
      text: `Service '${name}' ${message}`,
      place: neededBy?.place,
    });
  }

  #meant(name: string): string | undefined {
    if (!this.#options.form.explains || this.#lookups++ >= MAX_LOOKUPS) return undefined;
    return meantService(name, this.#availableServices());
  }

  /** The names of all files in the service directories. */
  #availableServices(): readonly string[] {
    const { source, shared } = this.#options;
    this.#available ??= source.directories.flatMap((path) =>
      shared !== undefined && isSharedFile(path) ? shared.names(path) : fileNames(path)
    ).sort();
    return this.#available;
  }
}

function find(base: string, { source, shared }: CheckerOptions): DescriptionFile | LoadError {
  try {
    return findDescription(base, source.directories, undefined, shared);
  } catch (error) {
    if (error instanceof LoadError) return error;
    throw error;
  }
}

function fileNames(directory: string): string[] {
  try {
    const entries = Array.from(Deno.readDirSync(directory));
    return entries.filter(({ isDirectory, name }) => !isDirectory && !isServiceModule(name)).map(({ name }) =>
      name
    );
  } catch {
    return []; // a missing directory has no services
  }
}
