/** Tests of what goes wrong: afterwards the host is as it was before. */

import { assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { fileOutput, type HostKind, KINDS, service, TestHost } from "./_host.ts";

const MEGABYTE = 2 ** 20;
/** How much memory may stay allocated, in bytes. */
const MEMORY_SLACK = 5 * MEGABYTE;
/** The largest id of a service in these tests. */
const SERVICES = 20;
/** How often a load may be repeated until no more memory is taken. */
const MEMORY_ROUNDS = 5;

export interface FaultOptions {
  /** The hosts that it is about. @default both */
  readonly kinds?: readonly HostKind[];
  /** Words in front of the command that starts the host. @default none */
  readonly wrapper?: readonly string[];
  /** Why only root can run the test. @default every user can */
  readonly rootOnly?: string;
}

/** Runs a test on each host; afterwards the host has no zombie, no child and no descriptor more than before. */
export function leavingNothing(
  name: string,
  test: (host: TestHost, kind: HostKind) => Promise<void>,
  { kinds = KINDS, wrapper = [], rootOnly: why }: FaultOptions = {},
): void {
  for (const kind of kinds) {
    const title = `${kind} host: ${name}`;
    Deno.test({
      ...(why === undefined ? { name: title } : rootOnly(title, why)),
      async fn() {
        await using host = await TestHost.start(kind, { wrapper });
        await warmUp(host, kind);
        const before = await host.settled();
        host.reports.length = 0;
        await test(host, kind);
        // A log buffer outlives the processes of its service.
        for (let id = 1; id <= SERVICES; id++) await host.serviceUnloaded({ ...service({}), id });
        const after = await host.settled(before.descriptors);
        assertEquals([after.zombies, after.children, after.running], [0, 0, []]);
        assertEquals(after.descriptors, before.descriptors);
      },
    });
  }
}

/**
 * Puts a load on the host, at least twice, and checks that memory is freed. The runtime does not free its peak at once,
 * and the next peak may be higher; but a load that needs more memory each time is a leak.
 */
export async function keepingMemory(host: TestHost, load: () => Promise<void>): Promise<void> {
  await load();
  const measured = [(await host.inspect()).memory];
  for (let round = 0; round < MEMORY_ROUNDS; round++) {
    await load();
    measured.push((await host.inspect()).memory);
    if (measured.at(-1)! - measured.at(-2)! < MEMORY_SLACK) return;
  }
  throw new Error(`memory grew: ${measured.map((bytes) => (bytes / MEGABYTE).toFixed(1)).join(", ")} MB`);
}

/** Whatever is made once, such as the thread that waits and the counts of bytes, is made now. */
async function warmUp(host: TestHost, kind: HostKind): Promise<void> {
  await host.run(["echo", "x"], { output: { to: "buffer", size: 10 }, id: 99, nice: 1 });
  await host.logWith("x", 99);
  await host.run(["true"], { output: fileOutput("/dev/null"), id: 99, controlSocket: kind === "native" });
}
