/** `dinit init`: writes a first file `dinit.toml` from what a project has. */

import { missingGrantText } from "../../model/grants.ts";
import { ToolFailure } from "../shared/failure.ts";
import { type CtlIo, processIo } from "../shared/io.ts";
import { findServices } from "./findings.ts";
import { fileText } from "./file_text.ts";
import { initHelp, scanInitArguments } from "./options.ts";

/** The file that is written. */
const FILE = "dinit.toml";

/**
 * Runs `dinit init` with these arguments. Returns the exit status: 1 if nothing was written.
 *
 * @param folder where the project is. @default the current folder
 */
export function runInit(args: readonly string[], io: CtlIo = processIo(), folder = Deno.cwd()): number {
  try {
    const options = scanInitArguments(args);
    if (options.help) io.out(initHelp());
    else writeFile(folder, options.force, io);
    return 0;
  } catch (error) {
    const failure = error instanceof Deno.errors.NotCapable
      ? new ToolFailure(`dinit: ${missingGrantText(error)}`)
      : error;
    if (!(failure instanceof ToolFailure)) throw error;
    io.err(`${failure.message}\n`);
    return 1;
  }
}

function writeFile(folder: string, force: boolean, io: CtlIo): void {
  const findings = findServices(folder);
  try {
    Deno.writeTextFileSync(`${folder}/${FILE}`, fileText(findings.services), { createNew: !force });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new ToolFailure(`dinit init: ${FILE} exists\n    replace it: dinit init --force`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToolFailure(`dinit init: cannot write ${folder}/${FILE}: ${reason}`);
  }
  io.out(`${FILE} written:\n`);
  for (const { name, from } of findings.services) io.out(`  ${name}  (${from})\n`);
  for (const note of findings.notes) io.out(`${note}\n`);
  io.out(`Next: look at ${FILE}, and then: dinit up\n`);
}
