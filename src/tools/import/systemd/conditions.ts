/** Conditions and assertions: a step before the start tests them. */

import type { Directive } from "../../shared/account.ts";
import { plain, shellWord } from "../words.ts";
import { type ServiceContext, wordOf } from "./service_context.ts";

/** The test of each condition on a path. */
const TESTS: Readonly<Record<string, (path: string) => string>> = {
  PathExists: (path) => `[ -e ${path} ]`,
  PathIsDirectory: (path) => `[ -d ${path} ]`,
  PathIsSymbolicLink: (path) => `[ -L ${path} ]`,
  PathIsMountPoint: (path) => `mountpoint -q ${path}`,
  PathIsReadWrite: (path) => `[ -w ${path} ]`,
  FileNotEmpty: (path) => `[ -s ${path} ]`,
  FileIsExecutable: (path) => `[ -x ${path} ]`,
  DirectoryNotEmpty: (path) => `[ -n "$(ls -A ${path} 2>/dev/null)" ]`,
};

/** `ConditionX` and `AssertX`. */
export function importConditions(context: ServiceContext): void {
  for (const [test, command] of Object.entries(TESTS)) {
    for (const prefix of ["Condition", "Assert"]) {
      for (const directive of context.unit.all("Unit", `${prefix}${test}`)) {
        importTest(context, directive, command);
      }
    }
  }
  for (const directive of context.unit.rest()) {
    if (/^(Condition|Assert)[A-Z]/.test(directive.name) && directive.section === "Unit") {
      context.text.decide(directive, "nothing here tests this; a service that this one depends on can");
    }
  }
}

function importTest(context: ServiceContext, directive: Directive, command: (path: string) => string): void {
  const [, isAlternative, isNegated, path] = /^(\|?)\s*(!?)\s*(.*)$/s.exec(directive.value) ?? [];
  if (isAlternative !== "") {
    return context.text.decide(
      directive,
      "one of several conditions: a service that this one depends on can test them",
    );
  }
  const word = wordOf(context, directive, path);
  if (word === undefined) return;
  const line = `${isNegated}${isNegated === "" ? "" : " "}${command(shellWord(word))}`;
  if (directive.name.startsWith("Assert")) {
    context.before.push({ line, isPrivileged: true });
    return directive.changed("a service that runs before this one tests it");
  }
  if (context.type === "scripted") {
    context.preparation.push(`${line} || exit 0`);
    return directive.changed("the command tests it, and does nothing if it is false");
  }
  const text = shellWord(plain(`${directive.name}=${directive.value} is false`));
  context.before.push({ line: `${line} || { echo ${text}; exit 1; }`, isPrivileged: true });
  directive.changed(
    "a service that runs before this one tests it; if it is false, the start fails instead of being left out",
  );
}
