/** Checks built services as `dinit check` does; the findings name the files in TypeScript. */

import {
  type DescriptionFile,
  FileUsers,
  MainEnvironment,
  SETTING_TABLE,
  type SharedFileSearch,
} from "../../description/mod.ts";
import { baseName, notFound } from "../../model/mod.ts";
import { Checker } from "../check/checker.ts";
import type { Finding } from "../check/finding.ts";
import { findingsReporter } from "../check/report_text.ts";
import type { CtlIo } from "../shared/io.ts";
import type { BuiltService } from "./built_service.ts";

/** Where built services will stand. */
export interface CheckedFolder {
  /** The folder of the files, as messages show it. */
  readonly sources: string;
  /** The folder whose other descriptions the services may name. */
  readonly folder: string;
  /** Files in it that will be removed. */
  readonly removed: ReadonlySet<string>;
}

/** A name that the search takes for a file with several services. There is no such file. */
const BUILT = "built services.toml";

/** The lines of all errors; none if there are none. */
export function checkBuilt(
  services: readonly BuiltService[],
  { sources, folder, removed }: CheckedFolder,
  io: CtlIo,
): string[] {
  let errors = "";
  const reporter = findingsReporter({ ...io, err: (text) => void (errors += text) }, true);
  const checker = new Checker({
    source: {
      directories: [BUILT, folder],
      environment: new MainEnvironment(Deno.env.toObject()),
      workingDirectory: "",
      guessed: true,
    },
    users: new FileUsers(),
    identity: { uid: io.uid() ?? 0, gid: Deno.gid() ?? 0 },
    settings: SETTING_TABLE,
    portable: false,
    reporter: {
      ...reporter,
      finding: (finding: Finding) => finding.severity === "error" && reporter.finding(finding),
    },
    form: { own: true, explains: true, threshold: "error" },
    shared: searchIn(services, folder, removed),
  });
  // A template is checked as one of its services.
  checker.run(services.map(({ name, isTemplate }) => isTemplate ? `${name}@argument` : name));
  return errors.replaceAll(BUILT, sources).split("\n").filter((line) => line !== "");
}

function searchIn(
  services: readonly BuiltService[],
  folder: string,
  removed: ReadonlySet<string>,
): SharedFileSearch {
  const byName = new Map(services.map((service) => [service.name, service]));
  return {
    find(fullName, _path, files): DescriptionFile | undefined {
      const name = baseName(fullName);
      const service = byName.get(name);
      if (service === undefined) {
        if (removed.has(name)) throw notFound(name);
        return undefined;
      }
      const { module: { file }, description } = service;
      return {
        fullName,
        directory: folder,
        file,
        realDirectory: folder,
        modified: { seconds: 0, nanoseconds: 0 },
        text: description.text,
        files,
        place: (line, column) => ({ file, ...description.place(line, column), exact: true }),
      };
    },
    names: () => [...byName.keys()],
  };
}
