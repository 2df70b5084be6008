/** What happens to services while the program of the daemon is replaced, and nobody watches them. */

import { assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { Dinit, ROOT } from "./_dinit.ts";

const WEB = `type = process
command = /bin/sleep 1000
restart = no
on-failure = note
`;
/** Runs once for each failure. */
const NOTE = (directory: string) =>
  `type = scripted
command = /bin/sh -c "echo run >>runs; until [ -e go ]; do sleep 0.05; done"
working-dir = ${directory}
`;

/** Upgrades the daemon to a program that begins when processes have ended. @param script what ends them */
async function upgradeLate(dinit: Dinit, pids: readonly number[], script: string): Promise<void> {
  const zombies = pids.map((pid) => `until grep -q "^State:.Z" /proc/${pid}/status; do sleep 0.02; done\n`);
  dinit.write("meanwhile", `cd '${dinit.directory}'\n${script}\n${zombies.join("")}`);
  const heir = `${dinit.directory}/heir`;
  const words = `'${Deno.execPath()}' run --no-prompt --allow-all '${ROOT}tests/e2e/_late_heir.ts'`;
  Deno.writeTextFileSync(heir, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  const { code, stderr } = await dinit.ctl("upgrade", "--exec", heir);
  assertEquals([code, stderr], [0, ""]);
}

Deno.test("what ends while the program of the daemon is replaced has its consequences: hooks, and the end of the daemon", async () => {
  await using dinit = new Dinit({
    job: "type = process\ncommand = /bin/sleep 1000\nrestart = no\n",
    web: WEB,
  });
  dinit.write("sd/note", NOTE(dinit.directory));
  dinit.write("sd/boot", "type = internal\nwaits-for = web\n");
  dinit.start({ args: ["--exit-with=job", "boot"], env: { W: dinit.directory } });
  await dinit.printed("[  OK  ] job");
  await dinit.printed("[  OK  ] web");
  const status = async (service: string) => (await dinit.ctl("status", service)).stdout;
  const runs = () => dinit.read("runs").length / "run\n".length;

  Deno.kill(await dinit.pidOf("web"), "SIGKILL");
  await dinit.until(() => runs() === 1, "the service of on-failure");
  // It ends meanwhile, and must not stay up: it runs again after the next failure.
  await upgradeLate(dinit, [await dinit.pidOf("note")], "touch go");
  await until(async () => (await status("note")).includes("State: STOPPED"), "the end of note");
  assertEquals((await dinit.ctl("start", "web")).code, 0);
  Deno.kill(await dinit.pidOf("web"), "SIGKILL");
  await dinit.until(() => runs() === 2, "its second run");

  const job = await dinit.pidOf("job");
  await upgradeLate(dinit, [job], `kill -KILL ${job}`);
  assertEquals((await dinit.ended()).code, 128 + 9);
});
