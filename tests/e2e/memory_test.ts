import { fail } from "@std/assert";
import { SCALE } from "../_scale.ts";
import { V8_FLAGS } from "../../scripts/v8_flags.ts";
import { Dinit } from "./_dinit.ts";

/** Few, so that the daemon has time for clients on a busy machine, too. */
const SERVICES = 6;
/** After this many restarts a daemon has allocated everything that it will need. */
const WARM_UP = 1500;
const RESTARTS = 2000 * SCALE;
/** Megabytes by which the daemon's own memory may have grown in between. Each restart that kept 4 kB would be 8. */
const GROWTH = 5;
/** What is kept makes the memory grow in every period. What waits for the collector does not. */
const PERIODS = 3;

Deno.test("the memory of a daemon does not grow with the restarts of its services", async () => {
  const names = Array.from({ length: SERVICES }, (_, index) => `s${index}`);
  const restless =
    "type = process\ncommand = true\nrestart = yes\nrestart-delay = 0.01\nrestart-limit-count = 0\n";
  const services = Object.fromEntries(names.map((name) => [name, restless]));
  const boot = "type = internal\n" + names.map((name) => `waits-for = ${name}\n`).join("");
  const permissions = ["--allow-all", `--v8-flags=${V8_FLAGS.join(",")}`];
  await using dinit = new Dinit({ ...services, boot }).start({ args: ["--quiet"], permissions });
  const growths: number[] = [];
  for (let restarts = WARM_UP; growths.length < PERIODS; restarts += RESTARTS) {
    await restarted(dinit, restarts);
    const before = ownMemory(dinit.pid);
    await restarted(dinit, restarts + RESTARTS);
    growths.push(ownMemory(dinit.pid) - before);
    if (growths.at(-1)! < GROWTH) return;
  }
  fail(`megabytes in each period: ${growths.join(", ")}`);
});

/** Waits for this many restarts of all services. */
async function restarted(dinit: Dinit, wanted: number): Promise<void> {
  for (let count = 0; count < wanted;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { code, stdout } = await dinit.ctl("--json", "status");
    if (code !== 0) continue; // the socket is not there yet
    const { services }: { services: { restarts?: number }[] } = JSON.parse(stdout);
    count = services.reduce((sum, { restarts = 0 }) => sum + restarts, 0);
  }
}

/** The megabytes that only this process has. */
function ownMemory(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
