/** Reads the text of unit files and their drop-ins: sections, assignments, comments and continued lines. Never throws. */

import type { Directive, InputFile } from "../../shared/account.ts";

/** Adds all directives of a text to an input file, in their order. */
export function parseUnit(text: string, input: InputFile): Directive[] {
  const added: Directive[] = [];
  const lines = text.split(/\r?\n/);
  let section = "";
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    const first = lines[at].trim();
    if (first === "" || isComment(first)) continue;
    const pieces = [lines[at]];
    while (endsInBackslash(pieces[pieces.length - 1]) && at + 1 < lines.length) {
      pieces[pieces.length - 1] = pieces[pieces.length - 1].replace(/\\$/, "");
      do at++; while (at < lines.length && isComment(lines[at].trim()));
      pieces.push(lines[at] ?? "");
    }
    const whole = pieces.join(" ").trim();
    const header = /^\[(.*)\]$/.exec(whole);
    if (header !== null) section = header[1];
    else if (whole !== "") added.push(directiveOf(whole, line, section, input));
  }
  return added;
}

function isComment(line: string): boolean {
  return line.startsWith("#") || line.startsWith(";");
}

function endsInBackslash(line: string): boolean {
  return line.endsWith("\\");
}

function directiveOf(text: string, line: number, section: string, input: InputFile): Directive {
  const equals = text.indexOf("=");
  if (equals <= 0) {
    const directive = input.add(text, "", line, section);
    directive.none("it is no assignment NAME=VALUE; systemd ignores it, too");
    return directive;
  }
  const directive = input.add(text.slice(0, equals).trimEnd(), text.slice(equals + 1).trim(), line, section);
  if (section === "") directive.none("it stands above the first section; systemd ignores it, too");
  else if (section.startsWith("X-") || directive.name.startsWith("X-")) {
    directive.carried("systemd ignores it, too");
  } else if (text.includes("\0")) directive.none("it contains a NUL byte, which no setting can hold");
  return directive;
}
