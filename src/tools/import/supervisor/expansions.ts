/** The expansions of supervisord: `%(program_name)s`, `%(process_num)02d`, `%(ENV_HOME)s`. */

import type { Variable, Word } from "../words.ts";

/** What the names stand for. */
export type Expansions = Readonly<Record<string, string | number>>;

/** The text with its expansions, or the name that nothing stands for. Variables stay variables. */
export function expandOption(
  text: string,
  values: Expansions,
): { readonly word: Word } | { readonly unknown: string } {
  const parts: (string | Variable)[] = [];
  let from = 0;
  let plain = "";
  for (const match of text.matchAll(/%%|%\((\w+)\)(0?)(\d{0,2})([sdr])/g)) {
    plain += text.slice(from, match.index);
    from = match.index + match[0].length;
    const [whole, name, zero, width] = match;
    const value = values[name];
    if (whole === "%%") plain += "%";
    else if (value !== undefined) plain += String(value).padStart(Number(width), zero === "" ? " " : "0");
    else if (name.startsWith("ENV_")) {
      parts.push(plain, { variable: name.slice(4) });
      plain = "";
    } else return { unknown: whole };
  }
  parts.push(plain + text.slice(from));
  return { word: parts.filter((part, index) => part !== "" || index === 0 && parts.length === 1) };
}
