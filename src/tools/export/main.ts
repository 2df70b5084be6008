/** `dinit export`: writes services as files of another program, with an account of every setting. */

import { typed } from "../../model/mod.ts";
import type { ExportKind, ExportOptions } from "../../options/dinit_export.ts";
import { carryOut, processToolIo, reportFailures, type ToolIo } from "../shared/carry_out.ts";
import { scanExportArguments } from "./arguments.ts";
import type { FileText } from "../../description/staged_files.ts";
import type { ExportRequest } from "./request.ts";
import { ExportError, loadServices, type ServiceSet } from "./service_set.ts";

type Exporter = (set: ServiceSet, request: ExportRequest) => Promise<FileText[]> | FileText[];

const EXPORTERS: Readonly<Record<ExportKind, () => Promise<Exporter>>> = {
  kubernetes: async () => (await typed(import("./kubernetes/mod.ts"))).exportKubernetes,
  compose: async () => (await typed(import("./compose.ts"))).exportCompose,
  systemd: async () => (await typed(import("./systemd.ts"))).exportSystemd,
};

/**
 * Runs `dinit export` with the given arguments, without the program's name. Returns the exit status: 0; 3 if a setting
 * has no counterpart (1 with `--strict`); 1 for an error, after which nothing was written.
 *
 * @param io the surroundings. @default those of this process
 */
export function runExport(args: readonly string[], io: ToolIo = processToolIo()): Promise<number> {
  return reportFailures("dinit-export", io, [ExportError], async () => {
    const options = scanExportArguments(args);
    if (!options.help) return await exportServices(options, io);
    io.out((await typed(import("./help.ts"))).exportHelp());
    return 0;
  });
}

async function exportServices(options: ExportOptions, io: ToolIo): Promise<number> {
  const {
    kind = "kubernetes",
    services,
    servicesDirs,
    out,
    name,
    image = `localhost/${name}`,
    split,
    splitJobs,
  } = options;
  const set = loadServices(services, servicesDirs);
  const exporter = await EXPORTERS[kind]();
  const files = await exporter(set, { name, roots: services, image, split, splitJobs });
  const inputs = Array.from(set.values(), ({ input }) => input);
  for (const input of inputs) {
    if (input.outputs.size > 0) continue; // the exporter knows better
    for (const file of files) input.outputs.add(file.name);
  }
  return carryOut(inputs, files, { ...options, folder: out }, io);
}
