/**
 * Services in one file: a table `[service.NAME]` of a TOML file is the description of a service. This part is loaded
 * only when a file of this kind is named.
 */

import { baseName, LoadError, type Location } from "../../model/mod.ts";
import { readWholeFile } from "../files.ts";
import type { SharedFileSearch } from "../find.ts";
import { SETTING_TABLE, type SettingTable } from "../settings/table.ts";
import { parseToml } from "./document.ts";
import { bootText, isTemplate, type ServiceText, serviceText } from "./service_text.ts";
import { TomlError, type TomlPlace } from "./text.ts";
import type { TomlEntry } from "./values.ts";

export { type PlainScalar, type PlainSettings, settingsTable } from "./plain_settings.ts";
export { headerText, type ServiceText, serviceText, tomlString } from "./service_text.ts";
export { TomlError, type TomlPlace } from "./text.ts";

/** The text of a service without a process that waits for others. */
export function bootDescription(services: Iterable<{ readonly name: string }>): string {
  const place = { line: 1, column: 1 };
  return bootText(Array.from(services, ({ name }) => ({ key: name, place }))).text;
}

/** The service that waits for all others, unless the file describes it. */
const BOOT = "boot";

/** What was read last: a daemon asks for one service of the file after the other. */
interface Read {
  readonly path: string;
  readonly text: string;
  readonly services: ReadonlyMap<string, TomlEntry>;
}

/**
 * The search in files of this kind.
 *
 * @param settings the settings that descriptions may use. @default those of the program
 */
export function tomlSearch(settings: SettingTable = SETTING_TABLE): SharedFileSearch {
  let last: Read | undefined;
  const services = (path: string, text: string) => {
    if (last?.path !== path || last.text !== text) last = { path, text, services: readServices(text) };
    return last.services;
  };
  return {
    find(fullName, path, files) {
      const service = baseName(fullName);
      const found = readWholeFile(path, files);
      if (!found.ok) {
        if (found.missing) return undefined;
        throw new LoadError("load", `${path}: ${found.text}`, {
          service,
          code: found.stage === "read" ? "unreadable" : "cannot-open",
          cause: found.cause,
        });
      }
      return located(service, path, () => {
        const description = textOf(service, services(path, found.text), settings);
        if (description === undefined) return undefined;
        const { modified, realDirectory } = found;
        const place = (line: number, column?: number) => location(path, description.place(line, column));
        const directory = realDirectory;
        const { text } = description;
        return { fullName, directory, file: path, realDirectory, modified, text, files, place };
      });
    },
    names: (path, files) => {
      const found = readWholeFile(path, files);
      if (!found.ok) return [];
      try {
        const entries = [...services(path, found.text).values()];
        return entries.filter((one) => !isTemplate(tableOf(one))).map(({ key }) => key);
      } catch (error) {
        if (error instanceof TomlError) return [];
        throw error;
      }
    },
  };
}

function textOf(
  service: string,
  services: ReadonlyMap<string, TomlEntry>,
  settings: SettingTable,
): ServiceText | undefined {
  const entry = services.get(service);
  if (entry !== undefined) return serviceText(tableOf(entry), settings);
  if (service !== BOOT) return undefined;
  return bootText([...services.values()].filter((one) => !isTemplate(tableOf(one))));
}

function tableOf({ key, place, value }: TomlEntry) {
  if (value.kind === "table") return value.table;
  throw new TomlError(`a service is a table: write [service.${key}], and below it command = "…"`, place);
}

/** The tables of the services by their names. Throws `TomlError`. */
function readServices(text: string): ReadonlyMap<string, TomlEntry> {
  const root = parseToml(text);
  for (const { key, place } of root.values()) {
    if (key === "service") continue;
    throw new TomlError(`unknown name '${key}': a service is a table, [service.${key}]`, place);
  }
  const services = root.get("service");
  return services === undefined ? new Map() : tableOf(services);
}

/** Turns a mistake in the file into a load error of the service. */
function located<T>(service: string, path: string, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new LoadError("description", error.message, {
      service,
      code: "toml",
      location: location(path, error.place),
      cause: error,
    });
  }
}

function location(file: string, { line, column }: TomlPlace): Location {
  return { file, line, column, exact: true };
}
