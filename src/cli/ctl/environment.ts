/** `setenv` and `unsetenv` (cli 3.11). */

import { setVariable, type Variable } from "../../client/steps.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { printable } from "../shared/text_width.ts";

/** `dinitctl setenv NAME[=VALUE]...`: without a value, the tool's own one. */
export async function setEnvironment(context: CommandContext): Promise<number> {
  return await change(context, (word) => {
    const equals = word.indexOf("=");
    if (equals === -1) return { name: word, value: context.io.env(word) ?? "" };
    return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
}

/** `dinitctl unsetenv NAME...` */
export async function unsetEnvironment(context: CommandContext): Promise<number> {
  return await change(context, (word) => {
    if (word.includes("=")) throw ctlFailure(`environment variable '${word}' must not contain the '=' sign.`);
    return { name: word, value: undefined };
  });
}

/** Sends what the words stand for, up to the first that is wrong. */
async function change(context: CommandContext, variableOf: (word: string) => Variable): Promise<number> {
  const client = await context.connect();
  const variables: string[] = [];
  context.record({ variables });
  for (const word of context.words) {
    const variable = variableOf(word);
    const refusal = await setVariable(client, variable);
    if (refusal === "too-long") throw ctlFailure(`environment variable '${variable.name}' too long.`);
    if (refusal === "bad-name") throw badVariable(variable);
    variables.push(variable.name);
  }
  return 0;
}

function badVariable({ name, value }: Variable) {
  const entry = value === undefined ? name : `${name}=${value}`;
  return ctlFailure("failed to export environment.").about({
    kind: "text",
    text: `'${printable(entry)}' sets no variable: it must be NAME=VALUE`,
  });
}
