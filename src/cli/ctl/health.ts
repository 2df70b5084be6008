/** `health`: the health of services that the daemon watches. The reference has nothing like it. */

import type { ControlClient } from "../../client/mod.ts";
import type { HealthDocument } from "../../model/health_status.ts";
import { ctlFailure } from "../shared/failure.ts";
import { textStyle } from "../shared/style.ts";
import { cutText, printable } from "../shared/text_width.ts";
import type { CommandContext } from "./context.ts";
import { conditionOf, healthFacts } from "./health_text.ts";
import { isPattern, nameSelector } from "./selection.ts";
import { findService } from "./services.ts";

/** How often to ask for the result of a check that was requested, in milliseconds. */
const ASK_PAUSE = 100;

/** The exit statuses, which a container's HEALTHCHECK understands. */
const STATUS = { healthy: 0, unhealthy: 1, unknown: 2 } as const;

/** `dinitctl health [--run] [PATTERN...]` */
export async function health(context: CommandContext): Promise<number> {
  const { words, options, io } = context;
  const client = await context.connect();
  let services = chosen(await documents(client), words);
  if (options.run) services = await afterChecks(client, services, words);
  const known = new Set(services.map(({ name }) => name));
  const missing = words.filter((word) => !isPattern(word) && !known.has(word));
  const width = Math.max(0, ...services.map(({ name }) => name.length));
  const { columns = Infinity } = textStyle(io, options.color);
  for (const service of services) {
    const name = printable(service.name).padEnd(width);
    const line = `${name}  ${conditionOf(service).padEnd(9)}  ${healthFacts(service, io.now()).join("; ")}`;
    context.print(`${cutText(line.trimEnd(), columns)}\n`);
  }
  context.record({ health: services, ...(missing.length === 0 ? {} : { missing }) });
  for (const name of missing) {
    io.err(
      `dinitctl: nothing is known about the health of '${
        printable(name)
      }': it is not loaded, or has no check.\n`,
    );
  }
  if (services.length === 0 && missing.length === 0) context.say("No loaded service has a health check.");
  return exitStatus(services, missing);
}

function exitStatus(services: readonly HealthDocument[], missing: readonly string[]): number {
  const conditions = services.map(conditionOf);
  if (conditions.some((condition) => condition !== "healthy" && condition !== "unknown")) {
    return STATUS.unhealthy;
  }
  const isUnknown = missing.length > 0 || conditions.length === 0 || conditions.includes("unknown");
  return isUnknown ? STATUS.unknown : STATUS.healthy;
}

async function documents(client: ControlClient): Promise<HealthDocument[]> {
  const answer = await client.query("health");
  if (Array.isArray(answer)) return answer as HealthDocument[]; // the daemon's own document
  throw ctlFailure(
    "this daemon does not watch the health of services (dinit for Deno can, from this version on)",
  );
}

function chosen(services: readonly HealthDocument[], words: readonly string[]): HealthDocument[] {
  if (words.length === 0) return [...services];
  const names = new Set(words);
  const fits = nameSelector(words.filter(isPattern));
  return services.filter(({ name }) => names.has(name) || fits(name));
}

/** Lets the daemon check the services now, and waits for the results. */
async function afterChecks(
  client: ControlClient,
  services: readonly HealthDocument[],
  words: readonly string[],
): Promise<HealthDocument[]> {
  const before = new Map<string, number>();
  for (const { name, count } of services) {
    const found = await findService(client, name);
    const answer = found && await client.query(`health-run ${found.handle}`);
    if ((answer as { began?: unknown } | undefined)?.began === true) before.set(name, count);
  }
  for (;;) {
    const now = chosen(await documents(client), words);
    const waits = now.some(({ name, count, running }) => running !== "none" && count === before.get(name));
    if (!waits) return now;
    await new Promise((resolve) => setTimeout(resolve, ASK_PAUSE));
  }
}
