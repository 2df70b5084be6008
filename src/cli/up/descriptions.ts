/** What the daemon of a project reads: its descriptions, or those that `up` makes from other files. */

import { INSTANCE_FOLDER } from "../../client/mod.ts";
import { isServiceModule } from "../../description/mod.ts";
import { typed } from "../../model/typed_module.ts";
import { defaultBuildOptions } from "../../options/dinit_build.ts";
import type { CtlIo } from "../shared/io.ts";
import type { Project } from "./project.ts";
import { parseProcfile, procfileServices } from "./procfile.ts";

/** The services of a Procfile, translated. */
const TRANSLATED = `${INSTANCE_FOLDER}/services.toml`;
/** The services in TypeScript, as plain descriptions. */
const BUILT = `${INSTANCE_FOLDER}/services`;

/**
 * The files and folders that the daemon reads, relative to the project. A Procfile is translated; descriptions are made
 * from files in TypeScript. Throws `ToolFailure`.
 */
export async function descriptionsOf(project: Project, io: CtlIo): Promise<string[]> {
  const { root, path, kind } = project;
  if (kind === "procfile") {
    translateProcfile(root, path);
    return [TRANSLATED];
  }
  return await buildModules(project, io) ? [BUILT, path] : [path];
}

/**
 * Makes the descriptions of the services in TypeScript. Returns whether there are any. Throws `ToolFailure`; then the
 * descriptions stay as they are.
 */
export async function buildModules({ root, path, kind }: Project, io: CtlIo): Promise<boolean> {
  const folder = `${root}/${path}`;
  if (kind !== "folder" || !Array.from(Deno.readDirSync(folder)).some(({ name }) => isServiceModule(name))) {
    return false;
  }
  const { build } = await typed(import("../build/build.ts"));
  const { applyChanges } = await typed(import("../build/output.ts"));
  const { timeout } = defaultBuildOptions();
  const meantFolder = Deno.realPathSync(folder);
  const to = `${root}/${BUILT}`;
  const { changes } = await build({ folder: shownFolder(folder), to, timeout, meantFolder }, io);
  applyChanges(changes, to);
  return true;
}

/** The folder as people in the current folder write it. */
function shownFolder(folder: string): string {
  const here = `${Deno.cwd()}/`;
  return folder.startsWith(here) ? folder.slice(here.length) : folder;
}

function translateProcfile(root: string, path: string): void {
  const entries = parseProcfile(Deno.readTextFileSync(`${root}/${path}`), path);
  const envFile = isFile(`${root}/.env`) ? `${root}/.env` : undefined;
  Deno.writeTextFileSync(
    `${root}/${TRANSLATED}`,
    procfileServices(entries, { folder: root, file: path, envFile }),
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}
