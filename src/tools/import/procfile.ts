/** The import of Procfiles, with the `.env` beside them. */

import { InputFile } from "../shared/account.ts";
import { parseDotenv } from "./dotenv.ts";
import { folderOf, InputError, kindOfPath, readInput } from "./input_files.ts";
import { ImportResult } from "./result.ts";
import { shellCommand } from "./words.ts";

/** The port of the first type of processes, if `.env` has no `PORT`. */
const FIRST_PORT = 5000;
/** The distance between the ports of two types. */
const PORT_STEP = 100;

/** Reads Procfiles. Throws `InputError`. */
export function importProcfile(paths: readonly string[]): ImportResult {
  const result = new ImportResult();
  for (const path of paths) importOne(kindOfPath(path) === "folder" ? `${path}/Procfile` : path, result);
  if (result.descriptions.length === 0) {
    throw new InputError(`Cannot import ${paths.join(", ")}: it has no line NAME: COMMAND`);
  }
  return result;
}

function importOne(path: string, result: ImportResult): void {
  const input = new InputFile(path);
  const folder = absolute(folderOf(path));
  const processes = parse(readInput(path), input);
  result.inputs.push(input);
  const environment = `${folderOf(path)}.env`;
  const own = new Map<string, string>();
  const assignments = kindOfPath(environment) === "file" ? readEnvironment(environment, result) : [];
  for (const { name, value } of assignments) own.set(name, value);
  const first = portOf(own.get("PORT"));
  for (const [index, { name, command, directive }] of processes.entries()) {
    const text = result.describe(name, input);
    text.set("type", "process");
    text.set("command", shellCommand(command));
    text.set("working-dir", folder);
    text.set("kill-mode", "group");
    text.set("log-type", "buffer");
    const variables = new Map([...own, ["PORT", String(first + index * PORT_STEP)]]);
    result.setVariables([text], variables);
    if (text.name === name) directive.carried();
    else directive.changed(`the service is ${text.name}`);
  }
  for (const { name, directive } of assignments) {
    directive.changed(
      name === "PORT"
        ? `each type has its own PORT: the first one ${first}, the others ${PORT_STEP} more each`
        : "it is in the file that env-file of each service names",
    );
  }
}

function readEnvironment(path: string, result: ImportResult) {
  const input = new InputFile(path);
  result.inputs.push(input);
  return parseDotenv(readInput(path), input);
}

function portOf(text: string | undefined): number {
  return /^[0-9]{1,5}$/.test(text ?? "") ? Number(text) : FIRST_PORT;
}

interface Process {
  readonly name: string;
  readonly command: string;
  readonly directive: ReturnType<InputFile["add"]>;
}

function parse(text: string, input: InputFile): Process[] {
  const processes: Process[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const colon = line.indexOf(":");
    const [name, command] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    if (colon === -1 || name === "" || command === "" || line.includes("\0")) {
      input.add(line.trim(), "", index + 1).none("it is no line NAME: COMMAND");
      continue;
    }
    processes.push({ name, command, directive: input.add(name, command, index + 1) });
  }
  return processes;
}

/** A folder as an absolute path, without a slash at its end. */
export function absolute(folder: string): string {
  const path = folder.startsWith("/") ? folder : `${Deno.cwd()}/${folder}`;
  return path.replaceAll(/\/(\.\/)+/g, "/").replace(/(.)\/+$/, "$1");
}
