/** The paths of the tools for exec chains on this system. */

import { CHAIN_TOOLS, type ChainTool } from "./exec_chain.ts";
import { findExecutable } from "./executable.ts";
import { AT_CWD, type Files } from "../../system/mod.ts";

/** The usual folders: tools are never searched in a user's PATH. */
const FOLDERS = "/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin";

/** Finds tools, and caches their paths. */
export class Tools {
  readonly #files: Files;
  readonly #folders: string;
  readonly #paths = new Map<ChainTool, string>();

  /** `folders`: the folders to search, separated by colons. */
  constructor(files: Files, folders: string = FOLDERS) {
    this.#files = files;
    this.#folders = folders;
  }

  /** The path of a tool; `undefined` if it is missing. A tool that is installed later is found then. */
  find(tool: ChainTool): string | undefined {
    const known = this.#paths.get(tool);
    if (known !== undefined) return known;
    const found = findExecutable(this.#files, tool, this.#folders, AT_CWD);
    if (!("path" in found)) return undefined;
    this.#paths.set(tool, found.path);
    return found.path;
  }

  /** The message about the first missing tool. */
  missing(wanted: readonly [ChainTool, string][]): { setting: string; message: string } | undefined {
    const gone = wanted.find(([tool]) => this.find(tool) === undefined);
    if (gone === undefined) return undefined;
    const [tool, setting] = gone;
    return {
      setting,
      message: `this needs the program '${tool}' (${CHAIN_TOOLS[tool]}), which is not installed.`,
    };
  }
}
