/**
 * How long the daemon answers nobody while another program takes over: after an upgrade, and after a fault. A client
 * asks again a few milliseconds after each answer; the pause is its longest wait.
 */

import { Request } from "../../src/control/mod.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { requestUpgrade } from "../../src/client/upgrade.ts";
import { ServiceEvent } from "../../src/model/mod.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  inFolder,
  type Measurement,
  numberedServices,
  pause,
} from "./harness/mod.ts";

/** The numbers of services, and the longest pauses in milliseconds. */
const CASES = [
  { services: 10, upgrade: 60, fault: 60 },
  { services: 1000, upgrade: 250, fault: 400 },
] as const;
/** How long the client waits after an answer, and how long it asks after the takeover, in milliseconds. */
const ASK_EVERY = 2;
const AFTER = 1000;

/** Milliseconds. */
interface Pauses {
  readonly upgrade: number;
  readonly fault: number;
}

/** The longest wait of a client for an answer while this happens, and shortly after. */
async function longestWait(socket: string, work: () => Promise<void>): Promise<number> {
  const client = await ControlClient.connect(socket);
  await client.handshake();
  let over = false;
  const done = work().then(() => pause(AFTER)).finally(() => over = true);
  let longest = 0;
  while (!over) {
    const asked = performance.now();
    await client.request({ type: Request.QUERYVERSION });
    longest = Math.max(longest, performance.now() - asked);
    await pause(ASK_EVERY);
  }
  await done;
  client.close();
  return longest;
}

function pauses(count: number): Promise<Pauses> {
  return inFolder(async (folder) => {
    const services = numberedServices(count, "type = process\ncommand = /bin/sleep 100000");
    await using daemon = await BenchDaemon.start(folder, services, { args: ["--fault-limit=0"] });
    await daemon.handle("all");
    const started = daemon.next("all", ServiceEvent.STARTED);
    await daemon.order("start", "all");
    await started;
    await pause(AFTER);
    const client = await ControlClient.connect(daemon.socket);
    await client.handshake();
    const upgrade = await longestWait(daemon.socket, async () => {
      const refused = await requestUpgrade(client, {});
      if (refused !== undefined) throw new Error(`the upgrade was refused: ${refused}`);
    });
    const fault = await longestWait(daemon.socket, async () => {
      Deno.kill(daemon.pid, "SIGSEGV");
      await client.request({ type: Request.QUERYVERSION });
    });
    client.close();
    return { upgrade, fault };
  });
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { services, ...limits } of CASES) {
    const all: Pauses[] = [];
    for (let run = 0; run < runs; run++) all.push(await pauses(services));
    for (const kind of ["upgrade", "fault"] as const) {
      measurements.push({
        what: `pause after ${kind === "upgrade" ? "an upgrade" : "a fault"}, ${services} services`,
        unit: "ms",
        values: all.map((one) => one[kind]),
        limit: atMost(limits[kind]),
      });
    }
  }
  return measurements;
}

export const bench: BenchCase = { about: "pauses while another program takes over", measure };
