/**
 * `deno task install`: installs the compiled program, its launchers, the manual pages and the shell completions, or
 * removes them. `--help` lists the options.
 *
 * @module
 */

import { ForeignFileError, install, uninstall } from "./install/carry_out.ts";
import { installedFiles } from "./install/files.ts";
import {
  INSTALL_HELP,
  type InstallOptions,
  InstallUsageError,
  parseInstallOptions,
} from "./install/options.ts";

function main(): number {
  let options: InstallOptions | undefined;
  try {
    options = parseInstallOptions(Deno.args, Deno.env.get("DESTDIR"));
  } catch (error) {
    if (!(error instanceof InstallUsageError)) throw error;
    return complain(error.message);
  }
  if (options === undefined) {
    console.log(INSTALL_HELP.trimEnd());
    return 0;
  }
  const files = installedFiles(options);
  if (options.uninstall) {
    uninstall(files, options.destination, (path) => console.log(`removed ${path}`));
    return 0;
  }
  if (!isFile(`${options.dist}/dinit`)) {
    return complain(`there is no ${options.dist}/dinit: run \`deno task compile\` first`);
  }
  try {
    install(files, options.destination, (path) => console.log(path));
  } catch (error) {
    if (error instanceof ForeignFileError) return complain(error.message);
    if (error instanceof Deno.errors.PermissionDenied) return complain(error.message);
    throw error;
  }
  return 0;
}

function complain(message: string): number {
  console.error(`install: ${message}`);
  return 1;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.exit(main());
