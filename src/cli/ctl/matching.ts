/** The services that patterns of `start`, `stop` and `restart` mean. */

import type { ControlClient } from "../../client/mod.ts";
import { isSharedFile } from "../../description/mod.ts";
import { isValidServiceName } from "../../model/names.ts";
import { ServiceState } from "../../model/states.ts";
import { typed } from "../../model/typed_module.ts";
import { descriptionNames, directoriesOf } from "../hint/services.ts";
import { ctlFailure } from "../shared/failure.ts";
import { printable } from "../shared/text_width.ts";
import { isPattern } from "./pattern.ts";
import { nameSelector } from "./selection.ts";

/**
 * The names that the words mean: names as they are, and for patterns the loaded services in the order of the daemon.
 * Services that are stopped are not stopped or restarted again; `start` also means services that only have a
 * description. Throws `ToolFailure` if a pattern means nothing.
 */
export async function matchingNames(
  command: "start" | "stop" | "restart",
  words: readonly string[],
  client: ControlClient,
): Promise<string[]> {
  const loaded = await client.list();
  const isMeant = command === "start" ? () => true : (state: number) => state !== ServiceState.STOPPED;
  const known = loaded.filter(({ status: { state } }) => isMeant(state)).map(({ name }) => name);
  if (command === "start") known.push(...await describedNames(client));
  const names = new Set<string>();
  for (const word of words) {
    const fits = isPattern(word) ? nameSelector([word]) : undefined;
    const found = fits === undefined ? [word] : known.filter((name) => name === word || fits(name));
    if (found.length === 0) throw nothingMeant(command, word);
    for (const name of found) names.add(name);
  }
  return [...names];
}

function nothingMeant(command: string, pattern: string) {
  const what = command === "start" ? "service" : "started service";
  return ctlFailure(`no ${what} fits '${printable(pattern)}'.`);
}

/** The services that have a description, as far as this program may read the folders. */
async function describedNames(client: ControlClient): Promise<string[]> {
  const directories = await directoriesOf(client);
  const shared = directories.some(isSharedFile)
    ? (await typed(import("../../description/toml/mod.ts"))).tomlSearch()
    : undefined;
  return directories.flatMap((directory) =>
    shared !== undefined && isSharedFile(directory) ? shared.names(directory) : descriptionNames(directory)
  ).filter(isValidServiceName);
}
