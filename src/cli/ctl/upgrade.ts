/** `upgrade`: lets a new program take over from the daemon. */

import { ControlError } from "../../client/mod.ts";
import { requestUpgrade } from "../../client/steps.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";

/** `dinitctl upgrade [--exec PATH] [--check]` */
export async function upgrade(context: CommandContext): Promise<number> {
  const { exec, check } = context.options;
  const program = exec === undefined ? undefined : absolute(exec);
  const client = await context.connect();
  context.record({ checkOnly: check, ...(program === undefined ? {} : { program }) });
  const refusal = await requestUpgrade(client, { program, checkOnly: check }).catch(rethrow);
  if (refusal !== undefined) {
    throw ctlFailure(check ? `the program could not take over: ${refusal}` : `no upgrade: ${refusal}`);
  }
  const whose = program ?? "the program of the daemon";
  context.say(check ? `${whose} could take over.` : `${whose} has taken over.`);
  return 0;
}

/** The daemon has another working directory. */
function absolute(path: string): string {
  if (path === "") throw ctlFailure("--exec should be followed by the path of a program");
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

function rethrow(error: unknown): never {
  if (error instanceof RangeError || error instanceof TypeError) throw ctlFailure(error.message);
  if (!(error instanceof ControlError)) throw error;
  if (error.kind === "too-old-daemon") {
    throw ctlFailure(
      "this daemon cannot be upgraded while it runs (dinit for Deno can, from this version on)",
    );
  }
  if (error.kind === "closed") {
    throw ctlFailure("the connection ended during the upgrade; see the log of the daemon");
  }
  throw error;
}
