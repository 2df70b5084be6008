/** What a service is, what it runs, and its flags (service description 3.2). */

import { encodeBytes, isValidServiceName, SERVICE_TYPES, ServiceType } from "../../model/mod.ts";
import type { LoadedServiceType, ServiceFlags } from "../../model/mod.ts";
import type { Draft, SettingTarget, SettingValue } from "../draft.ts";
import { ENVIRONMENT_SETTINGS } from "./environment.ts";
import { need } from "./host_features.ts";
import { parseUser } from "./ids.ts";
import { Mistake } from "../text/mistake.ts";
import { meaningOf, PATH_BASES, SCRIPT_TYPES, settingRow } from "./rows.ts";
import { LOAD_OPTIONS, SERVICE_OPTIONS } from "./options.ts";
import type { Setting } from "./setting.ts";
import { ALL_TYPES, typeName } from "./type_names.ts";

const typeNumbers = new Map<string, LoadedServiceType>(SERVICE_TYPES.map(({ name, type }) => [name, type]));

/** The text of the reference, which names the scripted type first, and knows no extension. */
const TYPE_MISTAKE = mistakenType([
  "scripted",
  ...SERVICE_TYPES.flatMap(({ name, extension }) => name === "scripted" || extension ? [] : name),
]);
/** The types that are extensions. */
const NEW_TYPES = SERVICE_TYPES.flatMap(({ name, extension }) => extension ? name : []);

function mistakenType(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return `service type must be one of: ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

function command(name: "command" | "stop-command", summary: string): Setting {
  const field = name === "command" ? "command" : "stopCommand";
  return settingRow({
    name,
    value: "tokens",
    syntax: "EXECUTABLE [ARGUMENT]...",
    appends: true,
    substitution: "post",
    types: SCRIPT_TYPES,
    base: PATH_BASES.program,
    summary,
    change: name === "command" ? "next-start" : "live",
    remark: {
      turn: name === "command" ? 1 : 2,
      words: `'${name}'`,
      given: (draft) => !draft[field].isBlank,
    },
    apply({ draft }, { tokens, append }) {
      const isBlank = tokens.length === 0 || (tokens.length === 1 && tokens[0] === "");
      const words = draft[field];
      if (append) {
        for (const token of tokens) words.tokens.push(token);
        words.isBlank &&= isBlank;
      } else {
        draft[field] = { tokens, isBlank };
      }
    },
    show: (description) => {
      if (name === "command" && description.deno.script.length > 0) return undefined; // it is made from other settings
      return description[field].length === 0 ? undefined : description[field];
    },
  });
}

const optionsByName = new Map(SERVICE_OPTIONS.map((option) => [option.name, option]));

function applyOptions({ draft: { description } }: SettingTarget, { tokens, starts }: SettingValue): void {
  const flags: ServiceFlags = { ...description.flags };
  description.flags = flags;
  tokens.forEach((token, index) => {
    const option = optionsByName.get(token);
    if (option === undefined) {
      throw new Mistake(`unknown option: ${token}`, { code: "unknown-option", position: starts[index] });
    }
    flags[option.flag] = true;
    for (const flag of option.implies) flags[flag] = true;
    for (const flag of option.clears) flags[flag] = false;
  });
}

function applyLoadOption(draft: Draft, token: string, position: number): void {
  if (!LOAD_OPTIONS.some((option) => option.name === token)) {
    throw new Mistake(`unknown load option: ${token}`, { code: "unknown-option", position });
  }
  if (token === "export-passwd-vars") draft.exportsUser = true;
  if (token === "export-service-name") draft.exportsName = true;
}

function inittab(name: "inittab-id" | "inittab-line", maxBytes: number, summary: string): Setting {
  const field = name === "inittab-id" ? "inittabId" : "inittabLine";
  return settingRow({
    name,
    syntax: `TEXT (at most ${maxBytes} bytes)`,
    types: ["process"],
    summary,
    change: "never",
    refusal: "cannot change inittab-id or inittab-line settings for running service.",
    needs: [need("login-record", (description) => description[field] !== "")],
    remark: {
      turn: 9,
      words: "'inittab_line' or 'inittab_id'",
      given: ({ description }) => description[field] !== "",
    },
    apply({ draft: { description } }, { text }) {
      if (text.length > maxBytes || encodeBytes(text).length > maxBytes) {
        throw new Mistake(`${name} setting is too long`, { code: "too-long", setting: "none" });
      }
      description[field] = text;
    },
    show: (description) => description[field] || undefined,
  });
}

/** The settings of 3.2, except those in `life.ts`. */
export const CORE_SETTINGS: readonly Setting[] = [
  settingRow({
    name: "type",
    syntax: ALL_TYPES.join(" | "),
    default: "internal",
    extensionValues: new RegExp(`^(?:${NEW_TYPES.join("|")})$`),
    summary: "the type of the service",
    change: "never",
    refusal: "cannot change type of non-stopped service.",
    needs: [
      need("background-process", ({ type }) => type === ServiceType.BGPROCESS, { label: "type = bgprocess" }),
    ],
    apply({ draft: { description } }, { text }) {
      description.type = meaningOf(
        typeNumbers,
        text,
        TYPE_MISTAKE,
      );
    },
    show: ({ type }) => typeName(type),
  }),
  command("command", "the program that the service runs, or that starts it"),
  command("stop-command", "the program that stops the service"),
  settingRow({
    name: "working-dir",
    syntax: "PATH",
    substitution: "post",
    types: SCRIPT_TYPES,
    default: "the directory of the description",
    path: { field: "workingDir", turn: 3 },
    base: PATH_BASES.daemon,
    summary: "the working directory of the processes",
    change: "next-start",
    remark: { turn: 3, words: "'working-dir'", given: ({ description }) => description.workingDir !== "" },
    apply({ draft: { description } }, { text }) {
      description.workingDir = text;
    },
    show: ({ workingDir }) => workingDir || undefined,
  }),
  settingRow({
    name: "run-as",
    syntax: "USER",
    types: SCRIPT_TYPES,
    summary: "the user, by name or number, that the processes run as",
    change: "next-start",
    needs: [
      need("user", ({ runAs }) => runAs !== undefined),
      // A user name also stands for its supplementary groups; a number does not.
      need("supplementary-groups", ({ runAs }) => runAs?.name !== undefined, { label: "run-as = NAME" }),
    ],
    remark: { turn: 7, words: "'run-as'", given: ({ description }) => description.runAs !== undefined },
    apply({ draft: { description }, setting, users }, { text }) {
      description.runAs = parseUser(text, setting, users);
    },
    show: ({ runAs }) => runAs === undefined ? undefined : runAs.name ?? String(runAs.uid),
  }),
  ...ENVIRONMENT_SETTINGS,
  settingRow({
    name: "chain-to",
    syntax: "SERVICE",
    substitution: "pre",
    summary: "the service to start when this one has finished",
    change: "live",
    apply({ draft: { description } }, { text }) {
      if (!isValidServiceName(text)) {
        throw new Mistake(`invalid chain-to service name '${text}'`, { code: "bad-name" });
      }
      description.chainTo = text;
    },
    show: ({ chainTo }) => chainTo || undefined,
  }),
  settingRow({
    name: "options",
    value: "tokens",
    syntax: "FLAG...",
    flags: SERVICE_OPTIONS,
    repeats: "additive",
    summary: "flags of the service",
    change: "live",
    apply: applyOptions,
    show: ({ flags }) => SERVICE_OPTIONS.filter(({ flag }) => flags[flag]).map(({ name }) => name),
  }),
  settingRow({
    name: "load-options",
    value: "tokens",
    syntax: "FLAG...",
    flags: LOAD_OPTIONS,
    repeats: "additive",
    summary: "flags for loading the description",
    change: "next-start",
    apply({ draft }, { tokens, starts }) {
      tokens.forEach((token, index) => applyLoadOption(draft, token, starts[index]));
    },
  }),
  inittab("inittab-id", 4, "the ID of the entry in the utmp database"),
  inittab("inittab-line", 32, "the line of the entry in the utmp database"),
];
