/** A Procfile as services: lines `NAME: COMMAND`, which a shell runs in the folder of the file. */

import { quoteValue } from "../../description/mod.ts";
import { headerText, tomlString } from "../../description/toml/mod.ts";
import { upFailure } from "./project.ts";

/** One line of a Procfile. */
export interface ProcfileEntry {
  readonly name: string;
  readonly command: string;
}

/** As other programs do it: the first process gets port 5000, the next one 5100, unless PORT is set. */
const FIRST_PORT = 5000;
const PORT_STEP = 100;

/** Characters for which the shell has more to do than to execute one program. */
const NEEDS_SHELL = /[;&|()<>\n]/;

/** Reads the lines of a Procfile. Throws `ToolFailure`. @param file its name, for messages */
export function parseProcfile(text: string, file: string): ProcfileEntry[] {
  const entries = new Map<string, ProcfileEntry>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const place = `${file}:${index + 1}:1`;
    const match = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line);
    if (match === null || match[2] === "") {
      throw upFailure(`${place}: this is not 'NAME: COMMAND'`, "write, for example, web: node server.js");
    }
    const [, name, command] = match;
    if (!/^[\w-]+$/.test(name)) {
      throw upFailure(`${place}: '${name}' cannot be the name of a service`, "use letters, digits, - and _");
    }
    if (entries.has(name)) throw upFailure(`${place}: '${name}' is there twice`, "use another name");
    entries.set(name, { name, command });
  }
  if (entries.size === 0) throw upFailure(`${file} has no line 'NAME: COMMAND'`, "write one, or: dinit init");
  return [...entries.values()];
}

/** What a shell executes for a line of a Procfile. @param index its place among the lines, from 0 */
export function shellScript({ command }: ProcfileEntry, index: number): string {
  const port = FIRST_PORT + PORT_STEP * index;
  return `PORT=\${PORT:-${port}}; export PORT; ${NEEDS_SHELL.test(command) ? command : `exec ${command}`}`;
}

/**
 * The services of a Procfile as the text of a file `dinit.toml`.
 *
 * @param options.folder the absolute path of its folder: the processes run there
 * @param options.file the name of the Procfile, for people
 * @param options.envFile the absolute path of a file with variables for all. @default none
 */
export function procfileServices(
  entries: readonly ProcfileEntry[],
  { folder, file, envFile }: { readonly folder: string; readonly file: string; readonly envFile?: string },
): string {
  const blocks = entries.map((entry, index) => {
    const script = shellScript(entry, index).replaceAll("$", "$$$$");
    return [
      headerText(entry.name),
      `command = ["/bin/sh", "-c", ${tomlString(script)}]`,
      `working-dir = ${pathText(folder)}`,
      ...(envFile === undefined ? [] : [`env-file = ${pathText(envFile)}`]),
    ].join("\n");
  });
  return `# Made from ${file} by dinit up.\n\n${blocks.join("\n\n")}\n`;
}

/** A path as it is, whatever its characters. */
function pathText(path: string): string {
  return tomlString(quoteValue(path.replaceAll("$", "$$$$")));
}
