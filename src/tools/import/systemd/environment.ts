/** The variables of a service, and where its processes stand. */

import type { Directive } from "../../shared/account.ts";
import { isWritableVariable } from "../result.ts";
import { shellWord, textOf } from "../words.ts";
import { fixedText, type ServiceContext, wordOf } from "./service_context.ts";
import { splitWords } from "./values.ts";

/** `Environment`, `EnvironmentFile`, `PassEnvironment` and `UnsetEnvironment`. */
export function importEnvironment(context: ServiceContext): void {
  const { unit } = context;
  for (const directive of unit.all("Service", "Environment")) importVariables(context, directive);
  for (const directive of unit.all("Service", "EnvironmentFile")) importVariableFile(context, directive);
  for (const directive of unit.all("Service", "PassEnvironment")) {
    directive.carried("services have the variables of the daemon");
  }
  for (const directive of unit.all("Service", "UnsetEnvironment")) importUnset(context, directive);
}

function importVariables(context: ServiceContext, directive: Directive): void {
  const words = splitWords(directive.value);
  if (words === undefined) {
    return context.text.decide(directive, "a quote is not closed or an escape is unknown");
  }
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals <= 0) {
      context.text.decide(directive, `'${word}' is no assignment`);
      continue;
    }
    const name = word.slice(0, equals);
    const value = fixedText(context, directive, word.slice(equals + 1));
    if (value === undefined) continue;
    if (!isWritableVariable(name, value)) {
      context.text.decide(directive, `a file of variables cannot hold the value of ${name}`);
      continue;
    }
    context.variables.set(name, value);
    directive.changed("the variables are in the file that env-file names");
  }
}

/** A shell reads the file: `env-file` takes values as they are, and such files have quotes. */
function importVariableFile(context: ServiceContext, directive: Directive): void {
  const isOptional = directive.value.startsWith("-");
  const word = wordOf(context, directive, directive.value.replace(/^-/, ""));
  if (word === undefined) return;
  if (/[*?[]/.test(textOf(word) ?? "")) {
    return context.text.decide(directive, "a pattern of several files: name each file");
  }
  const path = shellWord(word);
  const read = `set -a; . ${path}; set +a`;
  context.preparation.push(isOptional ? `if [ -r ${path} ]; then ${read}; fi` : read);
  directive.changed("a shell reads the file, since env-file does not remove quotes");
}

function importUnset(context: ServiceContext, directive: Directive): void {
  const names = splitWords(directive.value);
  if (names === undefined || !names.every((name) => /^[A-Za-z_]\w*$/.test(name))) {
    return context.text.decide(directive, "write !unset NAME into the file of env-file");
  }
  context.preparation.push(`unset ${names.join(" ")}`);
  directive.changed("a shell removes the variables");
}

/** `WorkingDirectory` and `UMask`. */
export function importSurroundings(context: ServiceContext): void {
  const { unit, text } = context;
  const folder = unit.last("Service", "WorkingDirectory");
  const usual = unit.isUsers ? [{ variable: "HOME" }] : ["/"];
  text.set("working-dir", [usual]);
  if (folder !== undefined) importFolder(context, folder);
  const umask = unit.last("Service", "UMask");
  if (umask === undefined) return;
  if (!/^[0-7]{1,4}$/.test(umask.value)) return text.decide(umask, "this is no mode");
  context.preparation.push(`umask ${umask.value}`);
  umask.changed("a shell sets it");
}

function importFolder(context: ServiceContext, directive: Directive): void {
  const { text } = context;
  const isOptional = directive.value.startsWith("-");
  const path = directive.value.replace(/^-/, "");
  if (path === "~") {
    text.set("working-dir", [[{ variable: "HOME" }]]);
    text.flag("export-passwd-vars", "load-options");
    return directive.changed("working-dir = ${HOME}");
  }
  const word = wordOf(context, directive, path);
  if (word === undefined) return;
  text.set("working-dir", [word]);
  if (isOptional) directive.changed("the directory must exist");
  else directive.carried();
}
