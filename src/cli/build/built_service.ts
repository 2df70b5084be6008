/** The services that files describe, with the text of their descriptions. */

import { isValidServiceName } from "../../model/names.ts";
import { quoteValue, SETTING_TABLE } from "../../description/mod.ts";
import {
  type PlainSettings,
  type ServiceText,
  serviceText,
  settingsTable,
  TomlError,
} from "../../description/toml/mod.ts";
import { PATH_BASES } from "../../description/settings/rows.ts";
import type { ExportedService, FileFailure, FileResult } from "./evaluation.ts";
import { buildFailure } from "./failure.ts";
import type { ServiceModule } from "./service_modules.ts";
import { placeOfSetting } from "./source_places.ts";

/** A service, ready to be checked and written. */
export interface BuiltService {
  readonly name: string;
  readonly module: ServiceModule;
  readonly isTemplate: boolean;
  readonly description: ServiceText;
}

/** What descriptions are made from, besides the results of the files. */
export interface BuiltOptions {
  /**
   * The absolute folder in which the descriptions are meant to stand, if they stand elsewhere: where relative paths
   * begin. @default the folder in which they stand
   */
  readonly meantFolder?: string;
}

/** The services of all files. Throws `ToolFailure` with all mistakes. */
export function builtServices(
  modules: readonly ServiceModule[],
  results: readonly FileResult[],
  { meantFolder }: BuiltOptions,
): BuiltService[] {
  const mistakes: string[] = [];
  const services = new Map<string, BuiltService>();
  for (const [index, module] of modules.entries()) {
    const result = results[index];
    if ("failed" in result) {
      mistakes.push(...failedText(module, result.failed));
      continue;
    }
    if (result.services.length === 0) {
      mistakes.push(`${module.file}: exports no service`, `    write: export default defineService({ … })`);
    }
    const source = result.services.length === 0 ? "" : Deno.readTextFileSync(module.path);
    for (const exported of result.services) {
      try {
        const service = built(module, exported, source, meantFolder);
        const other = services.get(service.name);
        if (other !== undefined) {
          throw new NameMistake(`the service '${service.name}' is also in ${other.module.file}`);
        }
        services.set(service.name, service);
      } catch (error) {
        if (error instanceof NameMistake) mistakes.push(`${module.file}: ${error.message}`);
        else if (error instanceof TomlError) {
          const { line, column } = error.place;
          mistakes.push(`${module.file}:${line}:${column}: ${error.message}`);
        } else throw error;
      }
    }
  }
  if (mistakes.length > 0) throw buildFailure("the files have mistakes; nothing was written", ...mistakes);
  return [...services.values()];
}

/** A name, or what it stands for, is wrong. */
class NameMistake extends Error {}

function built(
  module: ServiceModule,
  exported: ExportedService,
  source: string,
  meantFolder: string | undefined,
): BuiltService {
  const isDefault = exported.name === "default";
  const name = isDefault ? module.service : exported.name.replace(/@$/, "");
  const saysTemplate = isDefault ? module.isTemplate : exported.name.endsWith("@");
  if (!isValidServiceName(name) || /[@/\p{Cc}]/u.test(name)) {
    throw new NameMistake(`'${name}' cannot be the name of a service`);
  }
  if (saysTemplate && !exported.isTemplate) {
    throw new NameMistake(`'${name}@' is a template: write defineService((argument) => ({ … }))`);
  }
  const settings = meantFolder === undefined ? exported.settings : settled(exported.settings, meantFolder);
  const table = settingsTable(settings, (setting) => placeOfSetting(source, setting));
  return { name, module, isTemplate: exported.isTemplate, description: serviceText(table, SETTING_TABLE) };
}

/** Settings whose relative paths begin at the folder of the description. */
const FOLDER_PATHS = new Set(
  SETTING_TABLE.settings.filter(({ base }) => base === PATH_BASES.file || base === PATH_BASES.named)
    .map(({ name }) => name),
);

/** The same settings, with paths that do not depend on where the description stands. */
function settled(settings: PlainSettings, folder: string): PlainSettings {
  const whole = quoteValue(folder.replaceAll("$", "$$$$"));
  const path = (value: unknown) =>
    typeof value === "string" ? value.replace(/^(-?)(?=[^/-])/, (_, dash) => `${dash}${whole}/`) : value;
  const entries = Object.entries(settings).map(([name, value]) => {
    if (!FOLDER_PATHS.has(name)) return [name, value];
    return [name, Array.isArray(value) ? value.map(path) : path(value)];
  });
  return Object.fromEntries([["working-dir", whole], ...entries]);
}

/** The message of an error in a file, with its place and its remedy. */
function failedText({ file, path }: ServiceModule, { message, stack, denied }: FileFailure): string[] {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const shownFolder = file.slice(0, file.lastIndexOf("/") + 1);
  const shown = (text: string) => text.replaceAll(`file://${folder}`, shownFolder).replaceAll("file://", "");
  const place = /\bfile:\/\/\S+?:\d+:\d+/.exec(stack)?.[0];
  const lines = shown(message).split("\n").filter((line) => !/^\s*(?:at .*|\|)?$/.test(line));
  const remedy = denied
    ? ["    a service file gets no permission: write the value, or a variable in a text, such as ${HOME}"]
    : /not a dependency/.test(message) && /dinit\/service/.test(message)
    ? ["    add it to the project: deno add npm:@dinit/dinit, or: npm install --save-dev @dinit/dinit"]
    : [];
  const [first, ...more] = lines.filter((line) => !/\bhint:/.test(line));
  return [
    `${place === undefined ? file : shown(place)}: ${first}`,
    ...more.map((line) => `    ${line}`),
    ...remedy,
  ];
}
