/** Reads the services that are exported, with all that they depend on, and begins the account of their lines. */

import {
  type DependencyKind,
  descriptionErrorText,
  isOrdering,
  LoadError,
  type ServiceDescription,
} from "../../model/mod.ts";
import { findDescription, MainEnvironment, readDescription } from "../../description/mod.ts";
import { AnyUsers } from "../shared/any_users.ts";
import { type Directive, InputFile } from "../shared/account.ts";

/** A service cannot be read. The message is complete, without the tool's name. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}

/** More services than anybody exports. */
const MOST_SERVICES = 10_000;

/** One service. */
export interface ExportedService {
  readonly name: string;
  readonly description: ServiceDescription;
  readonly input: InputFile;
  /** The lines that set each setting. */
  readonly lines: ReadonlyMap<string, readonly Directive[]>;
  /** The files that were read, the description first: paths and texts. */
  readonly files: ReadonlyMap<string, string>;
  /** The value of `env-file`; empty for none. */
  readonly environmentFile: string;
  /** The directories of dependencies, as the lines name them, with their entries. */
  readonly directories: ReadonlyMap<string, readonly string[]>;
  /** The ports that its check uses, and those of `@meta export-port`. */
  readonly ports: readonly number[];
  /** The folders of `@meta export-data`. */
  readonly data: readonly string[];
}

/** All services, those that were asked for first. */
export type ServiceSet = ReadonlyMap<string, ExportedService>;

/** Reads services from folders. Throws `ExportError`. */
export function loadServices(names: readonly string[], folders: readonly string[]): ServiceSet {
  const services = new Map<string, ExportedService>();
  const waiting = [...names];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (services.has(name)) continue;
    if (services.size === MOST_SERVICES) {
      throw new ExportError(`Cannot export more than ${MOST_SERVICES} services`);
    }
    const service = loadService(name, folders);
    services.set(name, service);
    const { dependencies, chainTo, onFailure, consumerOf } = service.description;
    for (const { kind, name: other } of dependencies) if (!isOrdering(kind)) waiting.push(other);
    waiting.push(...[chainTo, consumerOf, ...onFailure].filter((other) => other !== ""));
  }
  return services;
}

function loadService(name: string, folders: readonly string[]): ExportedService {
  const lines = new Map<string, Directive[]>();
  const files = new Map<string, string>();
  const directories = new Map<string, string[]>();
  let input: InputFile | undefined;
  let pending: { readonly setting: string; readonly line: number } | undefined;
  try {
    const found = findDescription(name, folders);
    const own = input = new InputFile(found.file);
    const note = (value: string) => {
      if (pending === undefined) return;
      const directive = own.add(pending.setting, value, pending.line, name);
      lines.set(pending.setting, [...lines.get(pending.setting) ?? [], directive]);
      pending = undefined;
    };
    const description = readDescription(found, {
      environment: new MainEnvironment({}),
      users: new AnyUsers(),
      identity: { uid: 0, gid: 0 },
      dependency: ({ fromDirectory, name: entry }) => {
        const last = [...directories.values()].at(-1);
        if (fromDirectory) last?.push(entry);
      },
      warn: () => {}, // a directory that is missing here has no entries
      file: (path, text) => files.set(path, text),
      line: (setting, location) => {
        note("");
        pending = { setting, line: location.line };
      },
      words: (setting, words) => {
        const value = words.map(({ text }) => text).join(" ");
        if (setting.endsWith(".d")) directories.set(value, directories.get(value) ?? []);
        note(value);
      },
      environmentFile: () => {},
    });
    note("");
    const metas = [...files.values()].flatMap((text) => [...text.matchAll(META)]);
    const meta = (kind: string) => metas.filter(([, one]) => one === kind).map(([, , value]) => value);
    return {
      name,
      description,
      input,
      lines,
      files,
      environmentFile: lines.get("env-file")?.at(-1)?.value ?? "",
      directories,
      ports: [...new Set([...checkedPorts(description), ...meta("port").map((port) => portOf(port, name))])],
      data: [...new Set(meta("data").map((path) => dataFolder(path, name)))],
    };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const reason = error.kind === "description" ? descriptionErrorText(error) : error.message;
    throw new ExportError(`Cannot export '${name}': ${reason}`, { cause: error });
  }
}

/** What a description says only to this tool. Other programs ignore the lines. */
const META = /^[ \t]*@meta[ \t]+export-(port|data)[ \t]+(\S+)[ \t]*$/gm;

function portOf(text: string, service: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ExportError(
    `Cannot export '${service}': @meta export-port ${text}: write a number from 1 to 65535`,
  );
}

function dataFolder(path: string, service: string): string {
  if (path.startsWith("/") && !path.includes(":")) return path.replace(/(.)\/+$/, "$1");
  throw new ExportError(
    `Cannot export '${service}': @meta export-data ${path}: write an absolute path without a colon`,
  );
}

function checkedPorts({ health }: ServiceDescription): number[] {
  const port = health.http === ""
    ? /(?:^|:)([0-9]{1,5})$/.exec(health.tcp)?.[1]
    : /^http:\/\/(?:\[[^\]]*\]|[^:/]*)(?::([0-9]{1,5}))?/.exec(health.http)?.[1] ?? "80";
  return port === undefined ? [] : [Number(port)];
}

/** The other services of edges of some kinds that are in the set. */
export function relatedTo(
  { description }: ExportedService,
  set: ServiceSet,
  ...kinds: readonly DependencyKind[]
): string[] {
  return description.dependencies.filter(({ kind, name }) => kinds.includes(kind) && set.has(name)).map((
    { name },
  ) => name);
}
