/** A daemon that is killed again and again while services come and go: the next one adopts them, and starts none twice. */

import { assertEquals } from "@std/assert";
import { connect } from "../../src/client/library.ts";
import { until } from "../_patience.ts";
import { SCALE } from "../_scale.ts";
import { isRunning } from "./_dinit.ts";
import { awaitFile, internal, native, process, type Services } from "./_hosts.ts";

/** How often the daemon is killed: 100 times with a scale of 20. */
const KILLS = 5 * SCALE;
const NAMES = ["one", "two", "three", "four"] as const;

/** Each process enters its id, and its end is announced by its exit code. */
const SERVICES: Services = {
  boot: internal(...NAMES.map((name) => `waits-for = ${name}`), "waits-for = last"),
  ...Object.fromEntries(NAMES.map((name) => [
    name,
    process(`echo ${name} $$ >>../journal; exec sleep 1000`, "restart = yes", "restart-limit-count = 0"),
  ])),
  last: process(`echo last $$ >>../journal; ${awaitFile("go")}; exit 7`),
};

native("a daemon that is killed again and again leaves no process twice", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  /** The processes of a service that were ever started, and that run. */
  const running = (name: string) =>
    dinit.read("journal").trim().split("\n").filter((line) => line.startsWith(`${name} `))
      .map((line) => Number(line.split(" ")[1])).filter(isRunning);
  for (let round = 0; round < KILLS; round++) {
    const name = NAMES[round % NAMES.length];
    const [pid] = running(name);
    // Before, while or after the daemon is killed.
    if (round % 3 === 0) Deno.kill(pid, "SIGKILL");
    dinit.kill("SIGKILL");
    if (round % 3 === 1) Deno.kill(pid, "SIGKILL");
    await dinit.ended();
    if (round % 3 === 2) Deno.kill(pid, "SIGKILL");
    dinit.start({ args: ["--host", "native"] });
    await until(
      async () => {
        const client = await connect({ socketPath: dinit.socket }).catch(() => undefined);
        using _ = { [Symbol.dispose]: () => client?.close() };
        const services = await client?.services().catch(() => []) ?? [];
        return NAMES.every((one) => {
          const [only, ...more] = running(one);
          return more.length === 0 && only !== undefined && only !== (one === name ? pid : 0) &&
            services.find((service) => service.name === one)?.pid === only;
        });
      },
      () => `one process of each service in round ${round}:\n${dinit.read("journal")}`,
      50,
    );
  }
  assertEquals(running("last").length, 1);
  dinit.write("go", "");
  await until(() => running("last").length === 0, "the end of the last one");
  assertEquals((await dinit.stop()).code, 0);
  for (const name of NAMES) assertEquals(running(name), []);
});
