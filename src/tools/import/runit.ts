/** The import of runit's service directories. */

import { InputFile } from "../shared/account.ts";
import { InputError, kindOfPath, lastPart, namesIn, readInput } from "./input_files.ts";
import { absolute } from "./procfile.ts";
import type { DescriptionText } from "./description_text.ts";
import { ImportResult } from "./result.ts";
import { plainWords } from "./words.ts";

/** How long runit waits between two starts, in seconds. */
const PAUSE = "1";

const FINISH =
  "nothing runs after each end of a process; see on-failure, and stop-command of a service that is prepared before";

/** Reads directories with a `run`, or folders with such directories. Throws `InputError`. */
export function importRunit(paths: readonly string[]): ImportResult {
  const result = new ImportResult();
  for (const folder of paths.flatMap(serviceFolders)) importFolder(folder, result);
  return result;
}

function serviceFolders(path: string): string[] {
  if (kindOfPath(path) !== "folder") {
    throw new InputError(`Cannot import ${path}: it is no directory of runit`);
  }
  const folder = path.replace(/(.)\/+$/, "$1");
  if (namesIn(folder).includes("run")) return [folder];
  const inner = namesIn(folder).map((name) => `${folder}/${name}`).filter((one) =>
    namesIn(one).includes("run")
  );
  if (inner.length === 0) throw new InputError(`Cannot import ${path}: no directory in it has a file 'run'`);
  return inner;
}

function importFolder(folder: string, result: ImportResult): void {
  const wanted = lastPart(absolute(folder));
  const input = new InputFile(folder);
  result.inputs.push(input);
  const text = result.describe(wanted, input);
  runningService(text, absolute(folder));
  for (const name of namesIn(folder)) importFile(name, folder, input, text, result);
  if (text.name !== wanted) {
    input.add("(name of the directory)", wanted, 0).changed(`the service is ${text.name}`);
  }
}

/** A service whose program is `run` in its directory. */
function runningService(text: DescriptionText, folder: string): void {
  text.set("type", "process");
  text.set("command", plainWords(`${folder}/run`));
  text.set("working-dir", folder);
  text.set("restart", "yes");
  text.set("restart-delay", PAUSE);
  text.set("restart-limit-count", "0");
}

function importFile(
  name: string,
  folder: string,
  input: InputFile,
  text: DescriptionText,
  result: ImportResult,
): void {
  const path = `${folder}/${name}`;
  const directive = input.add(name, firstLine(path), 0);
  switch (name) {
    case "run":
      return directive.carried("command");
    case "check":
      text.set("ready-notification", "health");
      text.set("health-command", plainWords(`${absolute(folder)}/check`));
      text.set("health-action", "none");
      return directive.changed("health-command, and ready-notification = health");
    case "finish":
      return text.decide(directive, FINISH);
    case "down":
      return directive.changed("the service starts when it is asked to, or enabled");
    case "log":
      if (!namesIn(path).includes("run")) {
        return directive.none("there is no log/run, so nothing writes the output");
      }
      text.set("log-type", "pipe");
      importLog(path, text, input, result);
      return directive.changed(`the service ${text.name}-log reads the output`);
    case "supervise":
    case "conf":
      return directive.carried("it belongs to runit, or to the program itself");
    case "control":
      return text.decide(
        directive,
        "term-signal and stop-command say how a service stops; dinitctl signal sends others",
      );
  }
  directive.carried("the file stays in its place");
}

function importLog(folder: string, owner: DescriptionText, input: InputFile, result: ImportResult): void {
  const text = result.describe(`${owner.name}-log`, input);
  runningService(text, absolute(folder));
  for (const name of namesIn(folder)) {
    if (name === "run" || name === "supervise") continue; // part of `log`, and of runit
    const directive = input.add(`log/${name}`, firstLine(`${folder}/${name}`), 0);
    if (name === "finish") text.decide(directive, FINISH);
    else directive.carried("the file stays in its place");
  }
  text.set("consumer-of", owner.name);
  owner.relate("waits-for", text.name);
}

/** The first line of a file, for the account; empty for a directory. */
function firstLine(path: string): string {
  if (kindOfPath(path) !== "file") return "";
  return readInput(path).split("\n", 1)[0];
}
