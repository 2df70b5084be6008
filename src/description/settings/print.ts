/** Prints a description as text, for `dinit check --print`. */

import type { EnvironmentOverlay, ServiceDescription } from "../../model/mod.ts";
import { hasProcess, ServiceType } from "../../model/mod.ts";
import type { Setting } from "./setting.ts";
import { SETTING_TABLE, type SettingTable } from "./table.ts";

/** How to print a description. */
export interface PrintOptions {
  /** Print extensions as `@meta NAME = VALUE`, so that dinit 0.22.1 also reads the text. @default false */
  readonly portable?: boolean;
  /** The settings that are printed. @default the table of the program */
  readonly table?: SettingTable;
}

/**
 * The text of a description. Reading this text gives an equal description, with two exceptions. The environment has its
 * own file, so it appears only in comments. The format cannot express a line feed without white space after it, so the
 * text has one space more.
 */
export function printDescription(
  description: ServiceDescription,
  { portable = false, table = SETTING_TABLE }: PrintOptions = {},
): string {
  const lines: string[] = [];
  for (const setting of table.settings) {
    if (LIMIT_NAME.test(setting.name)) continue;
    for (const value of shownValues(setting, description)) {
      const front = portable && isExtension(setting, value) ? "@meta " : "";
      lines.push(front + settingLine(setting, value));
    }
  }
  for (const { resource } of description.limits) {
    const setting = table.named(`rlimit-${resource}`)!;
    lines.push(settingLine(setting, setting.show!(description)!));
  }
  for (const { kind, name } of description.dependencies) {
    const setting = table.settings.find((one) => one.dependency === kind);
    if (setting !== undefined) lines.push(settingLine(setting, name));
  }
  lines.push(...emptiedLines(description), ...environmentLines(description.environment));
  return lines.join("\n") + "\n";
}

/** Limits are printed in the order of the description, not in that of the table. */
const LIMIT_NAME = /^rlimit-/;

function isExtension({ extension, extensionValues }: Setting, value: string | readonly string[]): boolean {
  return extension || (typeof value === "string" && extensionValues?.test(value) === true);
}

/** The values of the lines that a setting needs. */
function shownValues(
  setting: Setting,
  description: ServiceDescription,
): readonly (string | readonly string[])[] {
  const value = setting.show?.(description);
  if (value === undefined || value.length === 0) return [];
  return typeof value === "string" || setting.value === "tokens" ? [value] : value;
}

function settingLine(setting: Setting, value: string | readonly string[]): string {
  const words = typeof value === "string" ? [value] : value;
  const escaped = setting.substitution === "none" ? words : words.map((word) => word.replaceAll("$", "$$$$"));
  return `${setting.name} = ${escaped.map(quoteValue).join(" ")}`;
}

/** One word, or one text, as a value can contain it. Substitution happens after that: quotes do not protect a `$`. */
export function quoteValue(word: string): string {
  if (word !== "" && !/[ \t\n\v\f\r"#\\]/.test(word)) return word;
  const escaped = word.replaceAll(/["\\]/g, "\\$&");
  // A line that continues inside quotes keeps its line feed; the next line must be indented.
  return `"${escaped.replaceAll(/\n(?![ \t\v\f\r])/g, "\n ").replaceAll("\n", "\\\n")}"`;
}

/** Required settings that substitution made empty, printed so that they become empty again. */
function emptiedLines({ type, command, pidFile }: ServiceDescription): string[] {
  const lines: string[] = [];
  const needsCommand = hasProcess(type);
  if (needsCommand && command.length === 0) lines.push("command = $/{NOTHING+}");
  if (type === ServiceType.BGPROCESS && pidFile === "") lines.push("pid-file = ${NOTHING+}");
  return lines;
}

function environmentLines(overlay: EnvironmentOverlay): string[] {
  return [
    ...(overlay.clear ? ["!clear"] : []),
    ...Array.from(overlay.unset, (name) => `!unset ${name}`),
    ...Array.from(overlay.imported, (name) => `!import ${name}`),
    ...Array.from(overlay.set, ([name, value]) => `${name}=${value}`),
  ].map((text) => `# environment: ${JSON.stringify(text)}`);
}
