/** The files in TypeScript that describe services. */

import { isServiceModule } from "../../description/mod.ts";
import { buildFailure } from "./failure.ts";

/** One file. */
export interface ServiceModule {
  /** The absolute path. */
  readonly path: string;
  /** The path for people: the folder as it was given, and the name. */
  readonly file: string;
  /** The service that its default export describes: `web` of `web.service.ts`, `worker` of `worker@.service.ts`. */
  readonly service: string;
  /** Whether its name says that the service is a template. */
  readonly isTemplate: boolean;
}

/** The files of a folder, sorted by their names; folders in it are not searched. Throws `ToolFailure`. */
export function serviceModules(folder: string): ServiceModule[] {
  const shown = folder.replace(/(?<=.)\/+$/, "");
  let root: string;
  let names: string[];
  try {
    root = Deno.realPathSync(folder);
    names = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter(isServiceModule);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    throw buildFailure(`cannot read the folder ${folder}: ${error.message}`);
  }
  return names.sort().map((name) => {
    const base = name.replace(/\.service\.m?[jt]s$/, "");
    const isTemplate = base.endsWith("@");
    return {
      path: `${root}/${name}`,
      file: shown === "." ? name : `${shown}/${name}`,
      service: isTemplate ? base.slice(0, -1) : base,
      isTemplate,
    };
  });
}
