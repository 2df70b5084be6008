/** `why`: what a service waits for, who needs it, why it failed, and when it is tried again. */

import type { Graph } from "../../client/mod.ts";
import type { KnownService } from "../../client/steps.ts";
import { causeText } from "../../model/cause_texts.ts";
import { isOrdering, ServiceState } from "../../model/states.ts";
import { restartLimitText, unkeptText } from "../../model/status.ts";
import type { CommandContext } from "./context.ts";
import type { StateName } from "./documents.ts";
import { durationText } from "../shared/duration_text.ts";
import { ctlFailure, protocolFailure } from "../shared/failure.ts";
import { printable } from "../shared/text_width.ts";
import { serviceDocument } from "./service_facts.ts";
import { serviceGraph } from "./service_graph.ts";
import { notLoaded } from "./services.ts";
import { exitText, launchFailure, stateName, stopText } from "./status_text.ts";

/** One service on the way to the one that decides. */
interface Link {
  readonly name: string;
  readonly state: StateName;
  readonly waitingFor: readonly string[];
}

/** `dinitctl why SERVICE` */
export async function why(context: CommandContext): Promise<number> {
  const [name] = context.words;
  const client = await context.connect();
  const services = checked(await client.query("overview"));
  const service = services.get(name);
  if (service === undefined) throw notLoaded(name);
  const chain = chainFrom(service, services);
  const neededBy = dependentsOf(name, await serviceGraph(client));
  const { cause, retryAt } = service;
  context.record({
    service: serviceDocument(service),
    ...(cause === undefined ? {} : { cause }),
    ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt).toISOString() }),
    chain,
    neededBy,
  });
  const lines = [...reasonLines(service, context.io.now()), ...chainLines(chain)];
  if (neededBy.length > 0) lines.push(`Needed by: ${neededBy.map(printable).join(", ")}`);
  else if (service.explicit) lines.push("Needed by: nobody; it was started by name");
  context.print(`${headline(service)}\n${lines.map((line) => `    ${line}\n`).join("")}`);
  return 0;
}

/** The services of an overview by their names. Throws `ToolFailure`. */
function checked(answer: unknown): ReadonlyMap<string, KnownService> {
  if (answer === undefined) throw ctlFailure("this daemon does not provide an overview of its services");
  const { services } = answer as { readonly services?: unknown };
  if (!Array.isArray(services)) throw protocolFailure();
  return new Map(services.map((service: KnownService) => [service.name, service]));
}

/** From the service over what it waits for to the one that waits for no other. */
function chainFrom(service: KnownService, services: ReadonlyMap<string, KnownService>): Link[] {
  const links: Link[] = [];
  const seen = new Set<string>();
  for (let at: KnownService | undefined = service; at !== undefined && !seen.has(at.name);) {
    seen.add(at.name);
    const waitingFor: readonly string[] = at.waitingFor ?? [];
    links.push({ name: at.name, state: stateName(at.state) as StateName, waitingFor });
    at = waitingFor.map((name) => services.get(name)).find((next) => next !== undefined);
  }
  return links;
}

/** The services that are not stopped and need this one, or want it. */
function dependentsOf(name: string, { nodes, edges }: Graph): string[] {
  const active = new Set(
    nodes.filter(({ state }) => state !== ServiceState.STOPPED).map((node) => node.name),
  );
  const users = edges.filter(({ to, kind, from }) => to === name && !isOrdering(kind) && active.has(from));
  return [...new Set(users.map(({ from }) => from))];
}

function headline(service: KnownService): string {
  const { reason } = service.state === ServiceState.STOPPED ? stopText(service) : { reason: "" };
  return `${printable(service.name)} is ${stateName(service.state)}${reason === "" ? "" : ` (${reason})`}.`;
}

function reasonLines(service: KnownService, now: number): string[] {
  const lines: string[] = [];
  const { cause, failure, retryAt, state, exit } = service;
  if (cause !== undefined) {
    const limit = failure?.limit === undefined ? "" : `, ${restartLimitText(failure.limit)}`;
    lines.push(`Failed: ${causeText(cause)}${limit}`);
  }
  if (cause === "exec-failed") {
    const { stage, error } = launchFailure(service);
    lines.push(`Launch: ${stage}: ${error}`);
  }
  if (exit.code !== 0) lines.push(`Last exit: ${exitText(exit)}`);
  if (failure?.advice !== undefined) lines.push(`Advice: ${printable(failure.advice)}`);
  if (failure !== undefined && failure.output.length > 0) {
    lines.push(`Output before the failure ${durationText(now - failure.time)} ago:`);
    lines.push(...failure.output.map((line) => `    ${printable(line)}`));
  }
  if (failure?.unkept !== undefined) lines.push(`Output: ${unkeptText(failure.unkept)}`);
  if (retryAt !== undefined) lines.push(`Tried again: in ${durationText(Math.max(0, retryAt - now))}`);
  else if (cause !== undefined && state === ServiceState.STOPPED) {
    lines.push("Tried again: not automatically; 'dinitctl start' starts it");
  }
  return lines;
}

function chainLines(chain: readonly Link[]): string[] {
  return chain.flatMap(({ name, state, waitingFor }, index) => {
    if (waitingFor.length > 0) {
      return [
        `${index === 0 ? "Waits for" : `${printable(name)} waits for`}: ${
          waitingFor.map(printable).join(", ")
        }`,
      ];
    }
    const isUnderWay = state === "STARTING" || state === "STOPPING";
    if (!isUnderWay) return index === 0 ? [] : [`${printable(name)} is ${state}`];
    return [`${index === 0 ? "Waits" : `${printable(name)} waits`} for its own process`];
  });
}
