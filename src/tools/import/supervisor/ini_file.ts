/** Reads supervisord's configuration: sections, options, comments and continued values. Never throws. */

import type { Directive, InputFile } from "../../shared/account.ts";

/** A section with its options, the last one of each name. */
export interface Section {
  /** Such as `program:web`. */
  readonly name: string;
  readonly options: Map<string, Directive>;
}

/** The sections of a text, in their order. All options are added to the account of the file. */
export function parseIni(text: string, input: InputFile): Section[] {
  const sections: Section[] = [];
  for (const { name, value, line, section } of options(text)) {
    if (section === undefined) {
      input.add(name, value ?? "", line).none("it stands above the first section");
      continue;
    }
    let current = sections.at(-1);
    if (current === undefined || current.name !== section) {
      sections.push(current = { name: section, options: new Map() });
    }
    if (name === "") continue;
    const directive = input.add(name, value ?? "", line, section);
    if (value === undefined) directive.none("it is no option NAME=VALUE");
    else if (value.includes("\0")) directive.none("it contains a NUL byte, which no setting can hold");
    else {
      current.options.get(name)?.carried("a later line replaces it");
      current.options.set(name, directive);
    }
  }
  return sections;
}

interface RawOption {
  /** Empty for the header of a section. */
  name: string;
  /** `undefined` if there is no `=`. */
  value: string | undefined;
  readonly line: number;
  readonly section: string | undefined;
}

function options(text: string): RawOption[] {
  const found: RawOption[] = [];
  let section: string | undefined;
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = whole.replace(
      /(^|\s)[;#].*$/,
      (comment, space: string) =>
        comment.trimStart().startsWith("#") && space !== "" && !/^\s*#/.test(whole) ? comment : "",
    );
    const trimmed = line.trim();
    if (trimmed === "") continue;
    const header = /^\[([^\]]*)\]$/.exec(trimmed);
    const last = found.at(-1);
    if (header !== null && !/^\s/.test(line)) {
      section = header[1];
      found.push({ name: "", value: "", line: index + 1, section });
    } else if (/^\s/.test(line) && last !== undefined && last.name !== "" && last.value !== undefined) {
      last.value += `\n${trimmed}`;
    } else {
      const at = trimmed.search(/[=:]/);
      const [name, value] = at <= 0
        ? [trimmed, undefined]
        : [trimmed.slice(0, at).trimEnd(), trimmed.slice(at + 1).trimStart()];
      found.push({ name, value, line: index + 1, section });
    }
  }
  return found;
}
