/**
 * Lines that help with a failure: similar names, missing parts, other daemons. They appear only on a terminal and in
 * documents, because scripts expect the messages of the reference. This code is loaded only after a failure.
 */

import { type ControlClient, ControlError } from "../../client/mod.ts";
import { openConnection } from "../ctl/connection.ts";
import type { ToolFailure } from "../shared/failure.ts";
import { commandHint, optionHint, valueHint, wordsHint } from "./command_line.ts";
import { noDaemonHint, socketText } from "./daemons.ts";
import { badDescriptionHint, badNameHint, notLoadedHint, stateHint, unknownServiceHint } from "./services.ts";
import { limited } from "./limited.ts";
import type { HintSurroundings } from "./surroundings.ts";
import { printable } from "../shared/text_width.ts";

/** The lines for a failure; none if there is nothing more to say. */
export async function hintLines(
  failure: ToolFailure,
  surroundings: HintSurroundings,
): Promise<readonly string[]> {
  try {
    return await linesFor(failure, surroundings);
  } catch (error) {
    // If explaining fails, only the original failure matters.
    if (error instanceof ControlError || error instanceof Deno.errors.NotCapable) return [];
    throw error;
  }
}

async function linesFor({ fact, message }: ToolFailure, surroundings: HintSurroundings): Promise<string[]> {
  switch (fact?.kind) {
    case undefined:
      return [];
    case "no-daemon":
      return await noDaemonHint(fact, surroundings);
    case "conversation":
      return [socketText(surroundings)];
    case "unknown-command":
      return commandHint(fact.word);
    case "unknown-option":
      return optionHint(fact.option, fact.command);
    case "option-value":
      return valueHint(fact.value, fact.oneOf);
    case "words":
      return wordsHint(fact.command, fact.words);
    case "unknown-service":
      return await withDaemon(
        surroundings,
        (client) => unknownServiceHint(fact.name, client, fact.directories),
      );
    case "bad-description":
      return await withDaemon(surroundings, (client) => badDescriptionHint(fact.name, client));
    case "not-loaded":
      return await withDaemon(surroundings, (client) => notLoadedHint(fact.name, client));
    case "bad-name":
      return badNameHint(fact.name);
    case "service":
      if (message.includes(`'${fact.name}'`)) return [];
      return await withDaemon(surroundings, (client) => stateHint(fact.name, client));
    case "text":
      return [printable(fact.text)];
  }
}

/**
 * Asks the daemon over a separate connection. The connection of the failure may be lost, or its command may still be
 * running; also, a daemon ends a connection with an unknown request.
 */
async function withDaemon<T>(
  { options, io }: HintSurroundings,
  ask: (client: ControlClient | undefined) => Promise<T>,
): Promise<T> {
  const client = options.usePassedFd ? undefined : await openConnection(options, io).catch(() => undefined);
  return client === undefined ? await ask(undefined) : await limited(client, ask);
}
