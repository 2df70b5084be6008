/** Signals that arrive at any moment while the program of the daemon is replaced: none is fatal, and none is lost. */

import { assertEquals } from "@std/assert";
import { connect } from "../../src/client/library.ts";
import { until } from "../_patience.ts";
import { SCALE } from "../_scale.ts";
import { Dinit } from "./_dinit.ts";
import { enter, internal, process } from "./_hosts.ts";

/** How many daemons: with a scale of 10 they get more than 1,000 signals, and 10 of these are TERM. */
const DAEMONS = SCALE;
const REPLACEMENTS = SCALE === 1 ? 2 : 5;
const SIGNALS_EACH = 20;
/** Signals come so long before a replacement begins until so long after, in milliseconds. */
const AROUND = 100;

const SERVICES = {
  boot: internal("waits-for = still", "waits-for = killed"),
  still: process("exec sleep 1000"),
  killed: process(
    `${enter("killed")}; exec sleep 1000`,
    "restart = yes",
    "restart-delay = 0",
    "restart-limit-count = 0",
  ),
};

/** Runs each action at a random moment around the first one. Resolves when all have run. */
async function scattered(first: () => void, actions: readonly (() => void)[]): Promise<void> {
  const at = (delay: number, action: () => void) =>
    new Promise<void>((resolve, reject) =>
      setTimeout(() => Promise.resolve().then(action).then(resolve, reject), delay)
    );
  await Promise.all([
    at(AROUND, first),
    ...actions.map((action) => at(Math.random() * 2 * AROUND, action)),
  ]);
}

/** The daemon, whose parent ignores HUP, as `nohup` does: HUP must not end it. */
function startedDaemon(): Dinit {
  return new Dinit(SERVICES).start({
    args: ["--host", "native", "--fault-limit=0"],
    through: `trap "" HUP; exec "$@"`,
  });
}

Deno.test("no signal around the replacement of the program is fatal, and none is lost (native host)", async () => {
  for (let round = 0; round < DAEMONS; round++) {
    await using dinit = startedDaemon();
    await dinit.printed("[  OK  ] boot");
    const still = await dinit.pidOf("still");
    const starts = () => dinit.read("journal").split("\n").filter((word) => word === "killed").length;
    for (let count = 1; count <= REPLACEMENTS; count++) {
      await until(() => starts() === count, `start ${count} of the killed service`);
      const pid = await dinit.pidOf("killed");
      const replaced = Promise.withResolvers<void>();
      const replace = () => {
        if (count % 2 === 0) dinit.kill("SIGSEGV");
        const upgrade = count % 2 === 0 ? Promise.resolve() : upgraded(dinit);
        upgrade.then(replaced.resolve, replaced.reject);
      };
      const signals = Array.from(
        { length: SIGNALS_EACH },
        (_, index) => () => dinit.kill(index % 2 === 0 ? "SIGCHLD" : "SIGHUP"),
      );
      await scattered(replace, [...signals, () => Deno.kill(pid, "SIGKILL")]);
      await replaced.promise;
      await dinit.until(() => starts() === count + 1, "the restart of the service that was killed meanwhile");
      assertEquals(await dinit.pidOf("still"), still);
    }
    // Not before the fault: a daemon that has ended in order has none.
    dinit.kill("SIGSEGV");
    await new Promise((resolve) => setTimeout(resolve, Math.random() * AROUND));
    dinit.kill("SIGTERM");
    assertEquals((await dinit.ended()).code, 0);
    const ends = (name: string) => dinit.lines.filter((line) => line === `[STOPPD] ${name}`).length;
    // A fault may lose a line of the service that was killed before it (docs/surviving.md).
    assertEquals(["boot", "still"].map(ends), [1, 1]);
    assertEquals(starts(), REPLACEMENTS + 1);
  }
});

async function upgraded(dinit: Dinit): Promise<void> {
  using client = await connect({ socketPath: dinit.socket });
  await client.upgrade();
}
