/** Remedies for errors that the reference words without one. */

import type { LoadError } from "../../model/mod.ts";
import { withoutUnitSuffix } from "./habits/systemd.ts";

const REMEDIES: readonly (readonly [message: RegExp, remedy: string])[] = [
  [/^badly formed line\.$/, "write NAME = VALUE; a comment begins with #"],
  [
    /^bad value for (?:.*-timeout|restart-delay|restart-limit-interval)$/,
    "write a number of seconds such as 90 or 0.5, without a unit",
  ],
  [
    /^(?:un|in)\S+ .*substitution$/,
    "the forms are $NAME, ${NAME}, ${NAME:-WORD}, ${NAME:+WORD} and ${NAME:?MESSAGE}; write $$ for a $",
  ],
  [/^invalid\/missing variable name after '\$'$/, "write $$ for a literal $"],
  [
    /^missing value in argument substitution$/,
    "the argument $1 is the text after @ in the name of the service",
  ],
  [/^line following line-continuation/, "begin the next line with a blank, or remove the backslash"],
  [/^unterminated quoted string$/, 'write " at the end of the text'],
];

/** The remedy for an error in a description; `undefined` if the message says everything. */
export function errorRemedy({ message, path }: LoadError): string | undefined {
  if (path !== undefined) return `the file is ${path}`;
  return REMEDIES.find(([pattern]) => pattern.test(message))?.[1];
}

/** The remedy for a missing service, judging by its name. */
export function missingRemedy(name: string, directories: readonly string[]): string {
  if (/[\s,]/.test(name.trim())) return "a line names one service; write a line for each";
  if (withoutUnitSuffix(name) !== undefined) {
    return "a service has the name of its file, without the suffix of a unit";
  }
  return `searched in ${directories.join(", ")}`;
}
