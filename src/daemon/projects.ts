/** What the daemon of a project needs, and others do not load. */

import { isSharedFile, type SharedFileSearch } from "../description/mod.ts";
import type { DescriptionSource } from "../engine/mod.ts";
import { typed } from "../model/mod.ts";
import type { DaemonOptions } from "./options.ts";
import { absolutePath } from "./paths.ts";

/** Another way to find descriptions. */
export interface Projects {
  /** Searches the files with several services among the service directories. @default there are none */
  readonly shared?: SharedFileSearch;
  /**
   * Gives a log to each service that has none. @default such a service has none
   *
   * @param keeps whether the host can keep logs with limits
   */
  readonly logged?: (source: DescriptionSource, keeps: boolean) => DescriptionSource;
}

/** Loads what the options ask for. */
export async function loadProjects(
  { serviceDirectories, logFolder }: Pick<DaemonOptions, "serviceDirectories" | "logFolder">,
): Promise<Projects> {
  const shared = serviceDirectories.some(isSharedFile)
    ? (await typed(import("../description/toml/mod.ts"))).tomlSearch()
    : undefined;
  if (logFolder === undefined) return { shared };
  const { LogFolder } = await typed(import("./log_folder.ts"));
  return { shared, logged: (source, keeps) => new LogFolder(source, absolutePath(logFolder), keeps) };
}
