/** The manual page dinit-service(5), from the table of settings. */

import { type Setting, SETTING_TABLE, type SettingTable } from "../../src/description/mod.ts";
import { settingFacts } from "../../src/cli/manual/service_help.ts";

/** The page around the settings. */
const FRAME = new URL("dinit-service.5.in", import.meta.url);
/** The place for the settings. */
const MARK = "@SETTINGS@\n";

/** The whole page. */
export function manualPage(table: SettingTable = SETTING_TABLE): string {
  const groups = table.groups.map(({ title, settings }) =>
    `.SS ${text(title)}\n${settings.map(settingEntry).join("")}`
  );
  return Deno.readTextFileSync(FRAME).replace(MARK, () => groups.join(""));
}

function settingEntry(setting: Setting): string {
  const { name, syntax, aliasOf, summary, flags } = setting;
  const tag = `.TP\n\\fB${text(name)}\\fR`;
  if (aliasOf !== undefined) return `${tag}\nAnother name of \\fB${text(aliasOf)}\\fR.\n`;
  const lines = [`${tag} = ${text(syntax)}`, sentence(summary), ...settingFacts(setting).map(sentence)];
  if (flags !== undefined) {
    lines.push(".RS");
    for (const flag of flags) lines.push(".TP", `\\fB${text(flag.name)}\\fR`, sentence(flag.summary));
    lines.push(".RE");
  }
  return lines.join("\n") + "\n";
}

function sentence(words: string): string {
  return `${text(words[0].toUpperCase() + words.slice(1))}.`;
}

/** A text without commands of the formatter. */
function text(plain: string): string {
  const escaped = plain.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
