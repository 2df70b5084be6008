/** `status` without a service: the whole system at a glance. The reference has nothing like it. */

import type { ControlClient } from "../../control/client.ts";
import type { CommandContext } from "../context.ts";
import { protocolFailure } from "../failure.ts";
import type { CtlIo } from "../io.ts";
import { type OverviewFacts, renderOverview } from "../overview.ts";
import { controlSocketPath } from "../socket_path.ts";

/** The extension topic that has all the facts. */
const TOPIC = "overview";

/** Prints the overview. */
export async function showOverview(context: CommandContext): Promise<number> {
  const { io } = context;
  const client = await context.open();
  const [, answer] = await Promise.all([client.handshake(), client.query(TOPIC)]);
  const facts = answer === undefined ? await listedFacts(client, context) : checkedFacts(answer);
  const terminal = io.terminal();
  const dumb = variable(io, "TERM") === "dumb";
  const plain = terminal === undefined || dumb;
  io.out(renderOverview(facts, {
    now: io.now(),
    columns: terminal?.columns,
    symbols: !plain,
    colour: !plain && (variable(io, "NO_COLOR") ?? "") === "",
  }));
  return 0;
}

/** An answer of the daemon, if it has the shape of an overview. Throws `ToolFailure` otherwise. */
function checkedFacts(answer: unknown): OverviewFacts {
  const facts = answer as Partial<OverviewFacts> | null;
  const isWhole = typeof facts?.daemon === "object" && facts.daemon !== null &&
    Array.isArray(facts.services) &&
    facts.services.every((service) => typeof service?.name === "string" && typeof service.exit === "object");
  if (!isWhole) throw protocolFailure();
  return facts as OverviewFacts;
}

/** What a daemon without extensions can tell. */
async function listedFacts(client: ControlClient, { options, io }: CommandContext): Promise<OverviewFacts> {
  const services = await client.list();
  const socket = options.usePassedFd ? undefined : controlSocketPath(options, io);
  return { daemon: { socket }, services: services.map(({ name, status }) => ({ name, ...status })) };
}

/** A variable that only matters for looks: it counts as not set if the tool may not see it. */
function variable(io: CtlIo, name: string): string | undefined {
  try {
    return io.env(name);
  } catch {
    return undefined;
  }
}
