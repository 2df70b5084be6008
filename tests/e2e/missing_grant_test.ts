/** A launch for which the daemon lacks a permission is a failed start, whose reason names the grant. */

import { assert, assertEquals } from "@std/assert";
import { fromSources } from "../_needs.ts";
import { Dinit } from "./_dinit.ts";

const ELSEWHERE = "/proc/log"; // nothing is written there: the permission is missing

const SERVICES: Record<string, string> = {
  boot: "type = internal\n",
  process: "type = process\ncommand = /bin/sleep 1000\nrestart = no\n",
  scripted: "type = scripted\ncommand = /bin/sleep 1000\n",
  logging: `type = process\ncommand = /bin/sh -c "sleep 1000"\nlogfile = ${ELSEWHERE}\nrestart = no\n`,
  dependent: "type = internal\ndepends-on = process\n",
};

const RUN = 'permission denied: run access to "/bin/sleep" is needed (grant --allow-run=/bin/sleep)';
const WRITE =
  `permission denied: write access to "${ELSEWHERE}" is needed (grant --allow-write=${ELSEWHERE})`;

const EXPECTED: readonly [service: string, stage: string, error: string, log: string][] = [
  ["process", "executing command", RUN, `dinit: process: can't launch process: ${RUN}`],
  ["scripted", "executing command", RUN, `dinit: scripted: can't launch process: ${RUN}`],
  ["logging", "opening log file", WRITE, `dinit: logging: can't open log file: ${WRITE}`],
];

Deno.test({
  ...fromSources(
    "a launch without the needed grant is a failed start, and all messages name the grant",
  ),
  async fn() {
    await using dinit = new Dinit(SERVICES);
    const permissions = [
      "--allow-run=/bin/sh",
      "--allow-read",
      `--allow-write=${dinit.directory}`,
      `--allow-net=unix:${dinit.ownSocket}`,
      "--allow-env",
      "--allow-sys=uid,gid",
    ];
    dinit.start({ permissions });
    await dinit.printed("[  OK  ] boot");
    for (const [service, stage, error, log] of EXPECTED) {
      const lines = `        Stage: ${stage}\n        Error: ${error}\n`;
      assertEquals(await dinit.ctl("start", service), {
        code: 1,
        stdout:
          `Service '${service}' failed to start.\nReason: execution of service process failed:\n${lines}`,
        stderr: "",
      });
      assertEquals((await dinit.ctl("is-failed", service)).code, 0);
      const status = `Service: ${service}\n    State: STOPPED (could not be launched)\n${lines}`;
      assertEquals((await dinit.ctl("status", service)).stdout, status);
      assert((await dinit.ctl("status", "--long", service)).stdout.startsWith(status));
      await dinit.printed(log);
      for (const command of ["status", "list"]) {
        const { services } = JSON.parse((await dinit.ctl(command, "--json")).stdout);
        const found = services.find(({ name }: { name: string }) => name === service);
        assertEquals([found.failed, found.reason, found.launch], [true, "exec-failed", { stage, error }]);
      }
    }
    assert((await dinit.ctl("list")).stdout.includes("[     {X}] process\n"));
    const overview = (await dinit.ctl("status")).stdout;
    assert(overview.includes(`could not be launched: executing command: ${RUN}`), overview);
    const { code, stdout } = await dinit.ctl("start", "dependent");
    assertEquals(code, 1);
    assert(stdout.includes("a dependency of the service failed to start"), stdout);
  },
});
