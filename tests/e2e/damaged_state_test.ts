/** A daemon that finds the damaged state of a killed one adopts its services or starts them again, and nothing between. */

import { assert, assertEquals } from "@std/assert";
import { connect } from "../../src/client/library.ts";
import { until } from "../_patience.ts";
import { SCALE } from "../_scale.ts";
import { isRunning } from "./_dinit.ts";
import { internal, native, process, type Services } from "./_hosts.ts";

/** At how many places the state is damaged: each per cent with a scale of 25. */
const PLACES = Math.min(100, 4 * SCALE);
const NAMES = ["one", "two", "three"] as const;

const SERVICES: Services = {
  boot: internal(...NAMES.map((name) => `waits-for = ${name}`)),
  ...Object.fromEntries(
    NAMES.map((name) => [name, process(`echo ${name} $$ >>../starts; exec sleep 1000`, "restart = yes")]),
  ),
};

const damages: Record<string, (state: Uint8Array<ArrayBuffer>, place: number) => Uint8Array<ArrayBuffer>> = {
  "was cut off": (state, place) => state.subarray(0, place),
  "has a flipped bit": (state, place) => {
    const damaged = state.slice();
    damaged[place] ^= 1 << place % 8;
    return damaged;
  },
};

for (const [what, damage] of Object.entries(damages)) {
  native(`a saved state that ${what} is used as it was at an earlier step, or not at all`, async (start) => {
    await using dinit = start(SERVICES);
    await dinit.printed("[  OK  ] boot");
    const path = `${dinit.socket}.processes`;
    for (let index = 0; index < PLACES; index++) {
      dinit.kill("SIGKILL");
      await dinit.ended();
      const before = dinit.read("starts").trim().split("\n").map((line) => Number(line.split(" ")[1]));
      const left = before.filter(isRunning);
      assertEquals(left.length, NAMES.length);
      const state = Deno.readFileSync(path);
      const damaged = damage(state, Math.floor((index * state.length) / PLACES));
      Deno.writeFileSync(path, damaged);
      dinit.start({ args: ["--host", "native"] });
      /** The process ids that the daemon tells. */
      let told: (number | undefined)[] = [];
      await until(
        async () => {
          const client = await connect({ socketPath: dinit.socket }).catch(() => undefined);
          using _ = { [Symbol.dispose]: () => client?.close() };
          const services = await client?.services().catch(() => []) ?? [];
          told = NAMES.map((name) => services.find((service) => service.name === name)?.pid);
          return told.every((pid) => pid !== undefined && isRunning(pid));
        },
        () => `a process of each service after damage at place ${index} of ${PLACES}`,
        20,
      );
      const text = new TextDecoder().decode(damaged);
      for (const pid of left.filter((pid) => !told.includes(pid) && isRunning(pid))) {
        // Nothing can end a process that the readable part of the file does not name.
        const line = text.split("\n").find((line) => line.includes(`"pid":${pid},`) && line.endsWith("}"));
        assert(what === "has a flipped bit" || line === undefined, `process ${pid} is lost: ${line}`);
        Deno.kill(pid, "SIGKILL");
      }
    }
    const pids = dinit.read("starts").trim().split("\n").map((line) => Number(line.split(" ")[1]));
    assertEquals((await dinit.stop()).code, 0);
    assertEquals(pids.filter(isRunning), []);
  });
}
