/** What `dinit --help` prints (daemon and init 1.6). */

import { DINIT_OPTIONS } from "../options/dinit.ts";
import { namesOf, type OptionRow } from "../options/mod.ts";
import { DINIT } from "../options/programs.ts";

/** Where the explanations begin. */
const COLUMN = 30;

/** The text of `--help`: that of the reference, and what the reference does not have. */
export function helpText(): string {
  const listed = DINIT_OPTIONS.filter(({ unlisted }) => !unlisted);
  return [
    "dinit: init/service manager daemon",
    ...listed.filter(({ extension }) => !extension).flatMap(helpLines),
    "",
    "Not in the original:",
    ...listed.filter(({ extension }) => extension).flatMap(helpLines),
    "",
    "This program also holds the tools:",
    ` ${DINIT.commands.map(({ name }) => `dinit ${name}`).join(", ")}`,
    "",
  ].join("\n");
}

/** The long name comes first, each name has the value, and an explanation that has no room begins a line. */
function helpLines(option: OptionRow): string[] {
  const { value, bare, help } = option;
  const placeholder = value === undefined ? "" : `<${value.name.toLowerCase()}>`;
  const names = namesOf(option).reverse().map((name) =>
    value?.omissible ? `${name}[=${placeholder}]` : `${name} ${placeholder}`.trimEnd()
  );
  const left = ` ${[...(bare ? [placeholder] : []), ...names].join(", ")}`;
  const indent = " ".repeat(COLUMN);
  const [first, ...more] = help.split("\n");
  const isBeside = left.length < COLUMN && first !== "";
  const lines = isBeside || first === "" ? more : [first, ...more];
  return [isBeside ? left.padEnd(COLUMN) + first : left, ...lines.map((line) => indent + line)];
}
