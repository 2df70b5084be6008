/** `dinit lease`: a service runs on exactly one of several machines. */

import { ControlError } from "../../client/library.ts";
import { controlSocketPath } from "../../client/mod.ts";
import { typed } from "../../model/mod.ts";
import { type CompleteOptions, scanLeaseArguments, UsageError } from "./arguments.ts";
import { sinceBoot } from "./boot_time.ts";
import type { Coordinator } from "./coordinator.ts";
import { LeaseHolder } from "./holder.ts";
import { LedService, LedServiceError } from "./led_service.ts";
import { Watchdog } from "./watchdog.ts";

/** An answer of the coordinator must not take longer than this part of the lease, and a look at the clock. */
const ANSWER = 1 / 6;
const LOOK = 1 / 40;
/** How often to try to get the lease, in milliseconds. */
const TRY = 400;

/** Runs `dinit lease` until TERM. Returns the exit status. */
export async function runLease(args: readonly string[]): Promise<number> {
  let led: LedService | undefined;
  try {
    const options = scanLeaseArguments(args);
    if (options === undefined) {
      const { leaseHelp } = await typed(import("../../options/dinit_lease_help.ts"));
      write(Deno.stdout, leaseHelp());
      return 0;
    }
    led = new LedService({
      socketPath: socketPath(options),
      name: options.service,
      variable: `DINIT_LEASE_${options.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`,
    });
    await hold(options, led);
    return 0;
  } catch (error) {
    const isKnown = error instanceof LedServiceError || error instanceof ControlError;
    if (!(error instanceof UsageError || isKnown)) throw error;
    write(Deno.stderr, `${isKnown ? "dinit lease: " : ""}${error.message}\n`);
    return 1;
  } finally {
    led?.close();
  }
}

async function hold(options: CompleteOptions, led: LedService): Promise<void> {
  const { ttl, name } = options;
  const watchdog = new Watchdog(Deno.env.get("NOTIFY_SOCKET"));
  const ending = Promise.withResolvers<void>();
  const holder = new LeaseHolder({
    coordinator: await coordinatorFor(options),
    led,
    now: sinceBoot,
    pause: (milliseconds) => pause(milliseconds, ending.promise),
    say: (text) => write(Deno.stderr, `dinit lease: ${name}: ${text}\n`),
    ready: () => watchdog.ready(),
    alive: () => watchdog.alive(),
    tryInterval: TRY,
    lookInterval: ttl * LOOK,
  });
  const end = () => {
    holder.end();
    ending.resolve();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, end);
  try {
    await holder.run();
  } finally {
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.removeSignalListener(signal, end);
  }
}

async function coordinatorFor(options: CompleteOptions): Promise<Coordinator> {
  const { etcd, kubernetes, name, ttl, identity = `${Deno.hostname()}-${crypto.randomUUID().slice(0, 8)}` } =
    options;
  const common = { name, identity, ttl, limit: ttl * ANSWER };
  if (kubernetes === undefined) {
    const { EtcdLease } = await typed(import("./etcd.ts"));
    return new EtcdLease({ ...common, urls: etcd });
  }
  const { KubernetesLease } = await typed(import("./kubernetes.ts"));
  const { clusterOf } = await typed(import("./cluster.ts"));
  return new KubernetesLease({ ...common, ...clusterOf(kubernetes, options.namespace), now: sinceBoot });
}

function socketPath(options: CompleteOptions): string {
  const given = options.socketPath === undefined ? {} : { socketPath: options.socketPath };
  const path = controlSocketPath(given, {
    env: (name) => Deno.env.get(name),
    uid: () => Deno.uid() ?? undefined,
  });
  if (path === undefined) {
    throw new UsageError("cannot determine the path of the control socket: use --socket-path");
  }
  return path;
}

async function pause(milliseconds: number, early: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  await Promise.race([over, early]);
  clearTimeout(timer);
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}
