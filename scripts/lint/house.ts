/** All rules together, for a repository in any place: tests lint artificial ones. */

import { resolve } from "@std/path/posix";
import { noBareConsole } from "./no_bare_console.ts";
import { noDenoInCore } from "./no_deno_in_core.ts";
import { noImportCircle } from "./no_import_circle.ts";
import { noUpwardImport } from "./no_upward_import.ts";
import { typedImport } from "./typed_import.ts";

/**
 * The plugin `house` with its five rules.
 *
 * @param root Absolute path of the repository. Files outside it are ignored.
 */
export function housePlugin(root: string): Deno.lint.Plugin {
  const top = resolve(root);
  return {
    name: "house",
    rules: {
      "no-upward-import": noUpwardImport(top),
      "no-import-circle": noImportCircle(top),
      "no-deno-in-core": noDenoInCore(top),
      "no-bare-console": noBareConsole(top),
      "typed-import": typedImport(top),
    },
  };
}
