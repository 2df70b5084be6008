/** `dinit import`: makes service descriptions from files of other programs, with an account of every directive. */

import { typed } from "../../model/mod.ts";
import type { ImportKind, ImportOptions } from "../../options/dinit_import.ts";
import { carryOut, processToolIo, reportFailures, type ToolIo } from "../shared/carry_out.ts";
import { scanImportArguments } from "./arguments.ts";
import { InputError, kindOfPath, namesIn } from "./input_files.ts";
import { guessKind, IMPORTERS } from "./kinds.ts";
import { settleValues } from "./settle_values.ts";
import { settleRelations } from "./relations.ts";

/**
 * Runs `dinit import` with the given arguments, without the program's name. Returns the exit status: 0; 3 if a
 * directive has no counterpart (1 with `--strict`); 1 for an error, after which nothing was written.
 *
 * @param io the surroundings. @default those of this process
 */
export function runImport(args: readonly string[], io: ToolIo = processToolIo()): Promise<number> {
  return reportFailures("dinit-import", io, [InputError], async () => {
    const options = scanImportArguments(args);
    if (!options.help) return await importFiles(options, io);
    io.out((await typed(import("./help.ts"))).importHelp());
    return 0;
  });
}

async function importFiles(options: ImportOptions, io: ToolIo): Promise<number> {
  const { to, dryRun, podman } = options;
  const exists = (name: string) => to !== undefined && kindOfPath(`${to}/${name}`) === "file";
  const importer = await IMPORTERS[options.kind ?? kindOf(options.paths)]();
  const result = await importer(options.paths, { podman, exists });
  settleRelations(result.descriptions, exists);
  settleValues(result);
  const target = { ...options, folder: dryRun ? undefined : to, shownFolder: to };
  return carryOut(result.inputs, result.outputs(), target, io);
}

/** The one kind of all paths. Throws `InputError`. */
function kindOf(paths: readonly string[]): ImportKind {
  const kinds = new Set<ImportKind>();
  for (const path of paths) {
    if (kindOfPath(path) === undefined) {
      throw new InputError(`Cannot read ${path}: no such file or directory`);
    }
    const kind = guessKind(path, namesIn);
    if (kind === undefined) {
      throw new InputError(`Cannot tell what ${path} is: name the kind, as in: dinit import systemd ${path}`);
    }
    kinds.add(kind);
  }
  if (kinds.size === 1) return [...kinds][0];
  throw new InputError(
    `These paths are of several kinds: ${[...kinds].join(", ")}. Import each kind for itself`,
  );
}
