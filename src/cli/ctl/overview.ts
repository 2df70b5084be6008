/** `status` without a service: the whole system. The reference has nothing like it. */

import { type ControlClient, controlSocketPath } from "../../client/mod.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure, protocolFailure, type ToolFailure } from "../shared/failure.ts";
import { type OverviewFacts, renderOverview } from "./overview_text.ts";
import type { Selection } from "./selection.ts";
import type { KnownService } from "./service_facts.ts";
import { textStyle } from "../shared/style.ts";
import { typed } from "../../model/typed_module.ts";

/**
 * Prints the overview, limited to the services that the command line selects.
 *
 * @param answer the daemon's document for the topic `overview`
 */
export async function showOverview(
  context: CommandContext,
  client: ControlClient,
  answer: unknown,
): Promise<number> {
  return await presentOverview(context, await factsOf(context, client, answer));
}

/** Asks for the overview and prints it. Throws `ToolFailure` if no service matches the patterns. */
export async function showMatching(context: CommandContext, client: ControlClient): Promise<number> {
  const facts = await factsOf(context, client, await client.query("overview"));
  const services = await selected(facts.services, { patterns: context.words, states: [] });
  if (services.length === 0) throw nothingFits(context.words);
  return await presentOverview(context, facts);
}

/** No loaded service matches the patterns. */
export function nothingFits(patterns: readonly string[]): ToolFailure {
  const text = `no loaded service fits '${patterns.join("', '")}'`;
  return ctlFailure("service not loaded.").about({ kind: "text", text });
}

async function factsOf(
  context: CommandContext,
  client: ControlClient,
  answer: unknown,
): Promise<OverviewFacts> {
  return answer === undefined ? await listedFacts(client, context) : checkedFacts(answer);
}

async function presentOverview(context: CommandContext, facts: OverviewFacts): Promise<number> {
  const { io, options, words } = context;
  const services = words.length === 0 && options.states.length === 0
    ? facts.services
    : await selected(facts.services, { patterns: words, states: options.states });
  const cost = options.figures ? await figuresOf(services, facts.daemon.pid) : undefined;
  if (options.json) {
    const { serviceDocument } = await typed(import("./service_facts.ts"));
    context.record({
      daemon: facts.daemon,
      services: services.map((service) => {
        const figures = cost?.get(service.name);
        return { ...serviceDocument(service), ...(figures === undefined ? {} : { figures }) };
      }),
    });
  } else {
    const style = textStyle(io, options.color);
    const figures = cost === undefined ? {} : { figures: cost };
    context.print(renderOverview({ ...facts, services, ...figures }, { ...style, now: io.now() }));
  }
  return 0;
}

async function figuresOf(services: readonly KnownService[], daemon: number | undefined) {
  const { measure } = await typed(import("./measure.ts"));
  return (await measure(services, daemon)).services;
}

async function selected(services: readonly KnownService[], selection: Selection): Promise<KnownService[]> {
  const { selector } = await typed(import("./selection.ts"));
  const isSelected = selector(selection);
  return services.filter((service) => isSelected({ name: service.name, status: service }));
}

/** A document of the daemon, if it has the form of an overview. Throws `ToolFailure` otherwise. */
function checkedFacts(answer: unknown): OverviewFacts {
  const facts = answer as Partial<OverviewFacts> | null;
  const isWhole = typeof facts?.daemon === "object" && facts.daemon !== null &&
    Array.isArray(facts.services) &&
    facts.services.every((service) => typeof service?.name === "string" && typeof service.exit === "object");
  if (!isWhole) throw protocolFailure();
  return facts as OverviewFacts;
}

/** The facts that a daemon without extensions provides. */
async function listedFacts(client: ControlClient, { options, io }: CommandContext): Promise<OverviewFacts> {
  const services = await client.list();
  const socket = options.usePassedFd ? undefined : controlSocketPath(options, io);
  return { daemon: { socket }, services: services.map(({ name, status }) => ({ name, ...status })) };
}
