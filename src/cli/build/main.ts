/** `dinit build`: makes service descriptions from files in TypeScript. The daemon reads only the descriptions. */

import { missingGrantText } from "../../model/grants.ts";
import type { BuildOptions } from "../../options/dinit_build.ts";
import { ToolFailure } from "../shared/failure.ts";
import { type CtlIo, processIo } from "../shared/io.ts";
import { build } from "./build.ts";
import { buildFailure } from "./failure.ts";
import { buildHelp, scanBuildArguments } from "./options.ts";
import { applyChanges } from "./output.ts";

/**
 * Runs `dinit build` with these arguments. Returns the exit status: 1 after a mistake, which changes nothing, and with
 * `--check` if a description is not current.
 */
export async function runBuild(args: readonly string[], io: CtlIo = processIo()): Promise<number> {
  try {
    const options = scanBuildArguments(args);
    if (!options.help) return await buildFolder(options, io);
    io.out(buildHelp());
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

async function buildFolder({ folder, to, check, force, timeout }: BuildOptions, io: CtlIo): Promise<number> {
  if (folder === undefined || to === undefined) {
    throw buildFailure(
      "name the folder with the files and, with --to, that of the descriptions",
      "see: dinit build --help",
    );
  }
  const { changes, services } = await build({ folder, to, timeout }, io);
  const { written, removed, foreign } = changes;
  const shown = to.replace(/(?<=.)\/+$/, "");
  if (check) {
    for (const { name } of written) io.out(`${shown}/${name} is not current\n`);
    for (const name of removed) io.out(`${shown}/${name} has no source any more\n`);
    return written.length + removed.length === 0 ? 0 : 1;
  }
  if (foreign.length > 0 && !force) {
    const files = foreign.map((name) => `${shown}/${name}`).join(", ");
    throw buildFailure(
      `dinit build has not made ${files}; nothing was written`,
      "rename the service, move the file away, or replace it: --force",
    );
  }
  applyChanges(changes, to);
  const fresh = new Set(written.map(({ name }) => name));
  for (const { name, file } of services) if (fresh.has(name)) io.out(`${shown}/${name}  (${file})\n`);
  if (fresh.has("boot") && !services.some(({ name }) => name === "boot")) {
    io.out(`${shown}/boot  (waits for all services)\n`);
  }
  for (const name of removed) io.out(`${shown}/${name}  removed\n`);
  if (written.length + removed.length === 0) io.out(`the descriptions in ${shown} are current\n`);
  return 0;
}
