/** What the tests of descriptions share: a temporary service directory and a loader without a graph. */

import "../_processes.ts";
import {
  findDescription,
  MainEnvironment,
  readDescription,
  type ReadOptions,
  type User,
  type UserDatabase,
} from "../../src/description/mod.ts";
import {
  baseName,
  descriptionErrorText,
  encodeBytes,
  LoadError,
  type ServiceDescription,
} from "../../src/model/mod.ts";

/** Two users and two groups that do not depend on the machine. */
export class KnownUsers implements UserDatabase {
  readonly #users: User[] = [
    { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/sh" },
    { name: "ann", uid: 1000, gid: 1001, home: "/home/ann", shell: "/bin/bash" },
  ];
  readonly #groups = new Map([["root", 0], ["staff", 50]]);

  userByName(name: string): User | undefined {
    return this.#users.find((user) => user.name === name);
  }

  userById(uid: number): User | undefined {
    return this.#users.find((user) => user.uid === uid);
  }

  groupByName(name: string): number | undefined {
    return this.#groups.get(name);
  }
}

/** What a test may set of the options for reading. */
export interface LoadOptions extends Partial<Omit<ReadOptions, "environment">> {
  /** @default {} */
  env?: Readonly<Record<string, string>>;
  /** @default as made from `env` */
  environment?: MainEnvironment;
  /** @default the directory of the test */
  directories?: readonly string[];
}

/** A directory of service descriptions that is removed after the test. */
export class Services implements Disposable {
  /** `<SD>` */
  readonly directory: string = Deno.makeTempDirSync({ prefix: "dinit-description-" });
  /** The lines that the daemon would log, in order. */
  readonly log: string[] = [];
  /** Full names of the services that were loaded, those that others depend on first. */
  readonly loaded: string[] = [];

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }

  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  /** Writes a file, or makes a directory if the name ends in `/`. */
  write(name: string, content: string | Uint8Array = ""): void {
    const path = this.path(name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if (name.endsWith("/")) return;
    Deno.writeFileSync(path, typeof content === "string" ? encodeBytes(content) : content);
  }

  link(name: string, target: string): void {
    Deno.symlinkSync(target, this.path(name));
  }

  /** Loads a service, and the services that it names, as they come; no service is ever kept or compared. */
  load(name: string, options: LoadOptions = {}): ServiceDescription {
    const { env = {}, directories = [this.directory], ...rest } = options;
    const description = readDescription(findDescription(name, directories), {
      environment: new MainEnvironment(env),
      users: new KnownUsers(),
      identity: { uid: 0, gid: 0 },
      dependency: (request) => this.#loadDependency(request.name, request.fromDirectory, options),
      warn: (message) => this.log.push(message),
      ...rest,
    });
    this.loaded.push(name);
    return description;
  }

  /** Like the manager: logs the error of a named dependency, and reports to the dependent that it failed. */
  #loadDependency(name: string, fromDirectory: boolean, options: LoadOptions): void {
    try {
      this.load(name, options);
    } catch (error) {
      if (!(error instanceof LoadError) || fromDirectory) throw error;
      this.log.push(
        error.kind === "description"
          ? descriptionErrorText(error)
          : `Could not load service ${error.service}: ${error.message}`,
      );
      throw new LoadError("load", "could not load dependency.", { service: "", cause: error });
    }
  }

  /** The error that loading a service ends in. */
  error(name: string, options: LoadOptions = {}): LoadError {
    try {
      this.load(name, options);
    } catch (error) {
      if (error instanceof LoadError) return error;
      throw error;
    }
    throw new Error(`${name} was loaded although it should not`);
  }

  /** That error in the daemon's words, with the name of the service directory shortened to `<SD>`. */
  failure(name: string, options: LoadOptions = {}): string {
    const error = this.error(name, options);
    const service = error.service || baseName(name);
    const text = error.kind === "description"
      ? descriptionErrorText(error)
      : error.kind === "not-found"
      ? `${service}: could not find service description.`
      : `${service}: error loading: ${error.message}`;
    return this.shorten(text);
  }

  shorten(text: string): string {
    return text.replaceAll(this.directory, "<SD>");
  }
}

/** Error of kind L for service `s`. */
export function located(message: string, line: number, file = "<SD>/s"): string {
  return `Error in service description for 's' (file ${file}, line ${line}): ${message}`;
}

/** Error of kind LS for service `s`. */
export function locatedSetting(setting: string, message: string, line: number, file = "<SD>/s"): string {
  return `Error in service description for 's': setting '${setting}' (file ${file}, line ${line}): ${message}`;
}

/** Error of kind S for service `s`. */
export function inSetting(setting: string, message: string): string {
  return `Error in service description for 's' setting '${setting}': ${message}`;
}

/** Error of kind G for service `s`. */
export function general(message: string): string {
  return `s: error loading: ${message}`;
}

/** How the description of one text fails. */
export function failureOf(text: string, options: LoadOptions = {}): string {
  using services = new Services({ s: text });
  return services.failure("s", options);
}

/** The description of one text. */
export function describe(text: string, options: LoadOptions = {}): ServiceDescription {
  using services = new Services({ s: text });
  return services.load("s", options);
}

/** The arguments of the command of one text, without the executable. */
export function argumentsOf(text: string, options: LoadOptions = {}): readonly string[] {
  return describe(text, options).command.slice(1);
}
