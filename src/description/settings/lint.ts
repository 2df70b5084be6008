/** The checker's remarks on settings that have no effect (service description 3.9). */

import type { Draft } from "../draft.ts";
import type { Remark } from "./row_facts.ts";
import type { Setting } from "./setting.ts";
import { SETTING_TABLE, type SettingTable } from "./table.ts";
import { SCRIPT_TYPES, type TypeName, typeName } from "./type_names.ts";

const IGNORED = "specified, but ignored for the specified (or default) service type.";

/** A remark and its setting. */
export interface SettingRemark {
  readonly text: string;
  readonly setting: string;
}

/** The remarks on a description whose lines were read, in the order of the specification. */
export function remarks(draft: Draft, table: SettingTable = SETTING_TABLE): SettingRemark[] {
  const { logType, logFile, type } = draft.description;
  const found = ignored(draft, typeName(type), table);
  if (logFile !== "" && logType !== "file" && logType !== "kept") {
    const text = "option 'logfile' was specified, but selected log type is not 'file'";
    found.push({ text, setting: "logfile" });
  }
  if (logFile === "" && logType === "file") {
    found.push({ text: "option 'logfile' not set, but selected log type is 'file'", setting: "logfile" });
  }
  found.push(...withoutEffect(draft, table));
  return found;
}

/** The remarks on settings that have no effect beside the others. Those whose line is kept are errors instead. */
function withoutEffect(draft: Draft, { settings }: SettingTable): SettingRemark[] {
  return settings.flatMap((setting) => {
    const { name, combined, show } = setting;
    if (combined || show?.(draft.description) === undefined) return [];
    const why = setting.withoutEffect?.(draft);
    return why === undefined ? [] : [{ text: `option '${name}' was specified, but ${why}`, setting: name }];
  });
}

function ignored(draft: Draft, type: TypeName, table: SettingTable): SettingRemark[] {
  const candidates = table.settings.flatMap((setting) => remarksOn(setting, type))
    .toSorted((a, b) => a.turn - b.turn);
  // Settings may share a remark, which then names the last of them that was given.
  const given = new Map<string, string>();
  for (const { words, setting, given: isGiven } of candidates) {
    if (isGiven(draft)) given.set(words, setting);
  }
  return Array.from(given, ([words, setting]) => ({ text: `${words} ${IGNORED}`, setting }));
}

/** The remarks that a setting and its flags may cause for services of a type. */
function remarksOn(setting: Setting, type: TypeName): (Remark & { readonly setting: string })[] {
  const { name, remark, flags = [], types, extension } = setting;
  const own = extension && !types.includes(type) ? extensionRemark(setting) : undefined;
  // The reference has remarks only for types without a process.
  const reference = SCRIPT_TYPES.includes(type) ? [] : [remark, ...flags.map((flag) => flag.remark)];
  return [own, ...reference].filter((one) => one !== undefined).map((one) => ({ ...one, setting: name }));
}

/** Remarks on extensions follow those of the reference. */
function extensionRemark({ name, show }: Setting): Remark {
  return {
    turn: Number.MAX_SAFE_INTEGER,
    words: `'${name}'`,
    given: ({ description }) => [show?.(description) ?? []].flat().length > 0,
  };
}
