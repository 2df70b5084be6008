/** `logs rotate`: begins another log file now. */

import { ControlError } from "../../../client/mod.ts";
import { rotateLog } from "../../../client/steps.ts";
import { ctlFailure, type ToolFailure } from "../../shared/failure.ts";
import type { CommandContext } from "../context.ts";
import { isPattern, nameSelector } from "../selection.ts";
import { findService, notLoaded } from "../services.ts";
import { forEachService, type Outcome } from "../several.ts";

/** `dinitctl logs rotate [PATTERN...]`: without a name, all logs that dinit rotates. */
export async function rotateLogs(context: CommandContext, words: readonly string[]): Promise<number> {
  const { follow, lines, since, until, grep } = context.options;
  if (follow || [lines, since, until, grep].some((option) => option !== undefined)) {
    throw ctlFailure("'logs rotate' shows nothing, so it takes no options of 'logs'");
  }
  const client = await context.connect();
  const names = new Set(words.filter((word) => !isPattern(word)));
  const fits = words.length === 0 ? () => true : nameSelector(words.filter(isPattern));
  const found = (await client.list()).map(({ name }) => name).filter((name) => fits(name));
  let limited = 0;
  const rotate = async (name: string): Promise<Outcome> => {
    const service = await findService(client, name);
    if (service === undefined) throw notLoaded(name);
    const result = await rotateLog(client, service.handle).catch(rethrow);
    if (typeof result === "object") throw ctlFailure(result.problem);
    if (result === "no-limits" && names.has(name)) throw noLimits();
    if (result !== "no-limits") limited++;
    const { says, ...outcome } = WORDS[result];
    if (says !== "") context.say(`The log of service '${name}' ${says}.`);
    return { ...outcome, ok: true };
  };
  const status = await forEachService(context, [...names, ...found], rotate);
  if (status === 0 && limited === 0) throw noLimits();
  return status;
}

const WORDS = {
  "rotated": { result: "rotated", says: "is rotated" },
  "small": { result: "too-small", says: "is shorter than a block of its file system, and stays" },
  "no-limits": { result: "no-limits", says: "" },
} as const;

function noLimits(): ToolFailure {
  return ctlFailure(
    "dinit rotates log files with limits only: 'log-max-size' or 'log-max-age' in the description",
  );
}

function rethrow(error: unknown): never {
  if (!(error instanceof ControlError) || error.kind !== "too-old-daemon") throw error;
  throw ctlFailure("this daemon rotates no logs (dinit for Deno can, from this version on)");
}
