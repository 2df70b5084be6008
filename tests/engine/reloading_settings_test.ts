import { assertEquals } from "@std/assert";
import { SERVICE_OPTIONS, SETTINGS } from "../../src/description/mod.ts";
import { ServiceState } from "../../src/model/mod.ts";
import { withFiles } from "./_descriptions.ts";

const INTERNAL = "type = internal⏎";
const PROCESS = "type = process⏎restart = false⏎command = /bin/true⏎logfile = /a⏎";

/** A value that the service under test does not have yet, for every setting that processes use. */
const OTHER_VALUES: Readonly<Record<string, string>> = {
  "type": "internal",
  "command": "/bin/false",
  "stop-command": "/bin/false",
  "working-dir": "/tmp",
  "run-as": "5",
  "env-file": "/dev/null",
  "chain-to": "b",
  "load-options": "export-service-name",
  "inittab-id": "x",
  "inittab-line": "x",
  "restart": "true",
  "smooth-recovery": "yes",
  "restart-delay": "1",
  "restart-delay-factor": "2",
  "restart-delay-max": "1h",
  "restart-limit-interval": "1",
  "restart-limit-count": "1",
  "start-timeout": "1",
  "stop-timeout": "1",
  "pid-file": "/run/x",
  "term-signal": "HUP",
  "termsignal": "HUP",
  "ready-notification": "pipefd:3",
  "depends-on": "b",
  "depends-ms": "b",
  "waits-for": "b",
  "prepared-by": "b",
  "depends-on.d": "none",
  "depends-ms.d": "none",
  "waits-for.d": "none",
  "before": "z",
  "after": "z",
  "consumer-of": "p",
  "socket-listen": "/run/s",
  "socket-permissions": "0600",
  "socket-uid": "5",
  "socket-gid": "5",
  "log-type": "buffer",
  "logfile": "/b",
  "logfile-permissions": "0644",
  "logfile-uid": "5",
  "logfile-gid": "5",
  "log-buffer-size": "1",
  "rlimit-nofile": "1",
  "rlimit-core": "1",
  "rlimit-data": "1",
  "rlimit-addrspace": "1",
  "nice": "1",
  "run-in-cgroup": "x",
  "capabilities": "cap_kill",
  "securebits": "noroot",
  "ioprio": "idle",
  "oom-score-adj": "1",
};

/** Whether a reload with one line more is refused while the service runs as a process. */
function isRefused(line: string): boolean {
  let refused = false;
  withFiles({ s: PROCESS, b: INTERNAL, p: `${PROCESS}log-type = pipe⏎` }, (world) => {
    for (const name of ["b", "p", "s"]) {
      const service = world.manager.load(name);
      world.manager.start(service);
      if (name !== "b") world.execSucceeded(name);
      assertEquals(service.state, ServiceState.STARTED, name);
    }
    world.write({ s: `${PROCESS}${line}⏎` });
    refused = world.reload("s").some((text) => text.startsWith("Could not reload service s: cannot change "));
  });
  return refused;
}

for (const { name, change, types } of SETTINGS) {
  if (name === "options") continue; // its flags follow
  const isKept = change === "never" && types.includes("process");
  Deno.test(`a reload of a running process ${isKept ? "refuses" : "accepts"} a new ${name}`, () => {
    assertEquals(isRefused(`${name} = ${OTHER_VALUES[name]}`), isKept);
  });
}

for (const { name, change, implies } of SERVICE_OPTIONS.filter(({ name }) => name !== "kill-all-on-stop")) {
  const isKept = change === "never" || implies.includes("startsOnConsole");
  Deno.test(`a reload of a running process ${isKept ? "refuses" : "accepts"} the new flag ${name}`, () => {
    assertEquals(isRefused(`options = ${name}`), isKept);
  });
}
