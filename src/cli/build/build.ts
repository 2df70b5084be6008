/** Makes descriptions from the service files of a folder. */

import { bootDescription } from "../../description/toml/mod.ts";
import { denoProgram } from "../../description/deno_program.ts";
import type { CtlIo } from "../shared/io.ts";
import { type BuiltService, builtServices } from "./built_service.ts";
import { checkBuilt } from "./check.ts";
import { evaluate } from "./evaluation.ts";
import { buildFailure } from "./failure.ts";
import { type Changes, findChanges, type Output } from "./output.ts";
import { serviceModules } from "./service_modules.ts";

/** A folder to build, and where to. */
export interface BuildRequest {
  /** The folder of the files, as messages show it. */
  readonly folder: string;
  /** The folder of the descriptions. */
  readonly to: string;
  /** How long each file may take, in seconds. */
  readonly timeout: number;
  /** Where the descriptions are meant to stand, if that is not `to`: an absolute path. @default `to` */
  readonly meantFolder?: string;
}

/** What was built. */
export interface Build {
  readonly changes: Changes;
  /** The services, each with the file that describes it. */
  readonly services: readonly { readonly name: string; readonly file: string }[];
}

/** The service that waits for all others, unless somebody describes it. */
const BOOT = "boot";

/** Runs the files and checks what they describe. Writes nothing. Throws `ToolFailure` with all mistakes. */
export async function build(request: BuildRequest, io: CtlIo): Promise<Build> {
  const { folder, to, timeout, meantFolder } = request;
  const modules = serviceModules(folder);
  if (modules.length === 0) {
    throw buildFailure(`there is no file NAME.service.ts in ${folder}`, "write one, or name another folder");
  }
  const deno = denoProgram((name) => io.env(name), undefined);
  if (deno === undefined) throw buildFailure("Deno is missing", "install it, or set DENO to its path");
  const sources = Deno.realPathSync(folder);
  const results = await evaluate(modules, {
    deno,
    folder: sources,
    timeout,
    printed: (text) => io.err(text),
  });
  const services = builtServices(modules, results, { meantFolder });
  const outputs: Output[] = services.map(({ name, module, description }) => ({
    name,
    text: description.text,
    from: module.path,
  }));
  const target = absolute(to);
  const home = meantFolder ?? target;
  const boot = {
    name: BOOT,
    from: sources,
    text: bootDescription(services.filter((one) => !one.isTemplate)),
  };
  const isDescribed = services.some(({ name }) => name === BOOT) || isForeign(boot, home, sources);
  if (!isDescribed) outputs.push(boot);
  const changes = findChanges(outputs, target, sources);
  if (meantFolder !== undefined) refuseDoubles(services, findChanges(outputs, home, sources).foreign);
  const removed = new Set(meantFolder === undefined ? changes.removed : []);
  const mistakes = checkBuilt(services, { sources: folder, folder: home, removed }, io);
  if (mistakes.length > 0) {
    throw buildFailure("the descriptions have mistakes; nothing was written", ...mistakes);
  }
  return { changes, services: services.map(({ name, module }) => ({ name, file: module.file })) };
}

/** Whether somebody else has described a service in a folder. */
function isForeign(output: Output, folder: string, sources: string): boolean {
  return findChanges([output], folder, sources).foreign.length > 0;
}

/** The descriptions of the folder itself count beside the built ones: no service may be in both. */
function refuseDoubles(services: readonly BuiltService[], foreign: readonly string[]): void {
  const double = services.find(({ name }) => foreign.includes(name));
  if (double === undefined) return;
  const { name, module: { file } } = double;
  const other = `${file.slice(0, file.lastIndexOf("/") + 1)}${name}`;
  throw buildFailure(`${file}: the service '${name}' is also in ${other}`, "rename or remove one of them");
}

function absolute(path: string): string {
  const whole = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
