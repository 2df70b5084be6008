/** `permissions`: which permissions of Deno a service needs, and whether it has them. The reference has nothing like it. */

import { typed } from "../../model/typed_module.ts";
import { ctlFailure } from "../shared/failure.ts";
import { textStyle } from "../shared/style.ts";
import { wrapWords } from "../shared/text_width.ts";
import type { CommandContext } from "./context.ts";
import type { Decide, RecordedRequest } from "./permission_broker.ts";
import { permissionLine, permissionWords, quotedWords } from "./permission_line.ts";
import type { ProcessFacts } from "./permission_use.ts";
import { permissionSession, type SessionService, untilOver } from "./permission_session.ts";
import { findService, notLoaded } from "./services.ts";

/** Requests within this time after the first one belong to the start, in milliseconds. */
const START_UP = 5000;
/** Permissions have at least so many columns, however narrow the terminal is. */
const NARROWEST = 20;

/** `dinitctl permissions SERVICE [--record [--deny=KIND]...] [--verify[=CMD]] [--for=TIME]` */
export async function permissions(context: CommandContext): Promise<number> {
  const { words: [name], options: { record, verify } } = context;
  if (!record && verify === undefined) throw ctlFailure("permissions: say what to do: --record or --verify");
  const client = await context.connect();
  const found = await findService(client, name);
  if (found === undefined) throw notLoaded(name);
  const service = { client, name, handle: found.handle };
  const words = record ? await recordWords(context, service) : undefined;
  if (verify === undefined) return 0;
  const { verifyPermissions } = await typed(import("./permission_verification.ts"));
  return await verifyPermissions(context, service, words);
}

/** Records, and reports the line. Returns its words. */
async function recordWords(context: CommandContext, service: SessionService): Promise<readonly string[]> {
  const { options: { deny, during, verify } } = context;
  const denied = new Set(deny);
  const use = verify === undefined ? undefined : await typed(import("./permission_use.ts"));
  const run = verify ? await use?.commandRun(context, service) : undefined;
  let recorded: ProcessFacts | undefined;
  const decide: Decide = ({ permission }) => !denied.has(permission);
  const requests = await permissionSession(service, decide, async (interruption) => {
    if (run !== undefined) {
      await run(interruption);
    } else {
      const end = during === undefined ? "Ctrl-C ends the recording" : `for ${during}`;
      context.say(`Recording the permissions of '${service.name}' (${end}) ...`);
      await untilOver(during, interruption);
    }
    recorded = await use?.processFacts(service);
  });
  // The verification replaces the process again, which must have its own permissions by then.
  if (recorded !== undefined) await use?.untilReplaced(service, recorded);
  return report(context, requests);
}

function report(context: CommandContext, requests: readonly RecordedRequest[]): readonly string[] {
  const granted = requests.filter(({ denied }) => !denied);
  const early = permissionWords(granted.filter(({ after }) => after <= START_UP));
  const late = permissionWords(granted.filter(({ after }) => after > START_UP));
  const denied = permissionWords(requests.filter((request) => request.denied));
  const words = permissionWords(granted);
  const line = permissionLine(words);
  context.record({ line, startUp: early, later: late, denied });
  if (requests.length === 0) {
    context.say("It asked for nothing: it needs no permission, or Deno does not run it.");
    return words;
  }
  const { columns = Infinity } = textStyle(context.io);
  for (
    const [label, some] of [["At the start: ", early], ["Later:        ", late], [
      "Denied:       ",
      denied,
    ]] as const
  ) {
    if (some.length === 0) continue;
    const parts = wrapWords(quotedWords(some), Math.max(NARROWEST, columns - label.length));
    context.say(
      parts.map((part, index) => `${index === 0 ? label : " ".repeat(label.length)}${part}`).join("\n"),
    );
  }
  context.print(`${line}\n`);
  return words;
}
