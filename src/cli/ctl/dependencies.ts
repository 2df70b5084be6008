/** `add-dep` and `rm-dep` (cli 3.12). */

import { Reply, Request } from "../../client/mod.ts";
import { DependencyKind } from "../../model/states.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import { loadService } from "./services.ts";

/** The words for the dependency kinds that can be changed at run time. */
const KINDS: ReadonlyMap<string, DependencyKind> = new Map([
  ["need", DependencyKind.REGULAR],
  ["regular", DependencyKind.REGULAR],
  ["milestone", DependencyKind.MILESTONE],
  ["waits-for", DependencyKind.WAITS_FOR],
]);

/** The differences between the two sub-commands. */
interface Change {
  readonly request: typeof Request.ADD_DEP | typeof Request.REM_DEP;
  readonly done: string;
  readonly refused: string;
}

const ADD: Change = {
  request: Request.ADD_DEP,
  done: "added",
  refused: "could not add dependency: circular dependency or wrong state",
};
const REMOVE: Change = { request: Request.REM_DEP, done: "removed", refused: "no such dependency to remove" };

/** `dinitctl add-dep TYPE FROM TO` */
export const addDependency = (context: CommandContext): Promise<number> => change(ADD, context);
/** `dinitctl rm-dep TYPE FROM TO` */
export const removeDependency = (context: CommandContext): Promise<number> => change(REMOVE, context);

async function change({ request, done, refused }: Change, context: CommandContext): Promise<number> {
  const [kind, fromName, toName] = context.words;
  const client = await context.connect();
  const from = await loadService(client, fromName);
  const to = await loadService(client, toName);
  const reply = await client.request({
    type: request,
    kind: KINDS.get(kind)!,
    from: from.handle,
    to: to.handle,
  });
  const fact = { kind: "text", text: `${kind}: '${fromName}' on '${toName}'` } as const;
  if (reply.type === Reply.NAK) throw ctlFailure(refused).about(fact);
  if (reply.type !== Reply.ACK) throw ctlFailure("control socket protocol error").about(fact);
  context.record({ type: kind, from: fromName, to: toName });
  context.say(`Service '${fromName}': dependency '${toName}' ${done}`);
  return 0;
}
