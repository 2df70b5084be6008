/** `signal` (cli 3.10). */

import { type SignalRefusal, signalService } from "../../client/steps.ts";
import { signalNumber, SIGNALS } from "../../model/signals.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";
import { forEachService } from "./several.ts";

const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);

const REFUSALS: Readonly<Record<SignalRefusal, string>> = {
  "no-process": "could not get valid PID of service; service is not process-based or is in wrong state.",
  "bad-signal": "provided signal was invalid.",
  "not-sent": "failed sending signal to service.",
};

/** `dinitctl signal SIGNAL SERVICE...` and `dinitctl signal --list` */
export async function signal(context: CommandContext): Promise<number> {
  if (context.options.list) {
    context.print(signalList());
    context.record({ signals: SIGNALS.map(([name, number]) => ({ name, number })) });
    return 0;
  }
  const [word, ...names] = context.words;
  const number = signalNumber(word) ?? parseInteger(word);
  if (number === undefined) {
    throw ctlFailure(`'${word}' is not a valid signal name/number`).about({
      kind: "text",
      text: `the names are ${SIGNALS.map(([name]) => name).join(", ")}`,
    });
  }
  const client = await context.connect();
  return await forEachService(context, names, async (name) => {
    const { handle } = await loadService(client, name);
    const refusal = await signalService(client, handle, number);
    if (refusal === undefined) return { result: "signalled", ok: true };
    const failure = ctlFailure(REFUSALS[refusal]);
    if (refusal === "bad-signal") failure.about({ kind: "text", text: `signal ${number}` });
    throw failure;
  });
}

function signalList(): string {
  const lines = SIGNALS.map(([name, number]) => `${name.padEnd(5)}-> ${number}`);
  return ["The following signal names are supported:", ...lines].map((line) => `dinitctl: ${line}\n`).join(
    "",
  );
}

/** A whole decimal number in the range of the C type `int`, as `strtol` reads it. */
function parseInteger(word: string): number | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?\d+$/.test(word)) return undefined;
  const number = Number(word);
  return number >= INT_MIN && number <= INT_MAX ? number : undefined;
}
