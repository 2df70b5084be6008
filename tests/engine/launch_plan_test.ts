import { assertEquals } from "@std/assert";
import { logFilePath } from "../../src/engine/mod.ts";
import {
  DEFAULT_DESCRIPTION,
  NO_FLAGS,
  type ServiceDescription,
  type ServiceFlags,
  ServiceType,
} from "../../src/model/mod.ts";
import { World } from "./_world.ts";

const { PROCESS, BGPROCESS } = ServiceType;

/** The plan of the first process of a service. */
function planOf(description: Partial<ServiceDescription>, type: ServiceType = PROCESS) {
  const world = new World();
  world.manager.start(world.add("p", type, description));
  return world.host.launches[0];
}

Deno.test("the path of the log file is absolute or relative to the working directory of the service", () => {
  const path = (settings: Partial<ServiceDescription>) =>
    logFilePath({ ...DEFAULT_DESCRIPTION, directory: "/etc/dinit.d", logType: "file", ...settings });
  assertEquals(path({ logFile: "/var/log/p" }), "/var/log/p");
  assertEquals(path({ logFile: "p.log" }), "/etc/dinit.d/p.log");
  assertEquals(path({ logFile: "p.log", workingDir: "/srv" }), "/srv/p.log");
  assertEquals(path({ logFile: "" }), undefined);
  assertEquals(path({ logFile: "/var/log/p", logType: "buffer" }), undefined);
});

Deno.test("a service on the console has no log file", () => {
  const names = [
    "sharesConsole",
    "startsOnConsole",
    "runsOnConsole",
  ] as const satisfies (keyof ServiceFlags)[];
  for (const name of names) {
    const flags = { ...NO_FLAGS, [name]: true };
    assertEquals(
      logFilePath({ ...DEFAULT_DESCRIPTION, logType: "file", logFile: "/var/log/p", flags }),
      undefined,
    );
  }
});

Deno.test("a process announces its readiness on a descriptor, in a variable, or not at all", () => {
  assertEquals(planOf({ readyFd: 3 }).readiness, { fd: 3, variable: undefined });
  assertEquals(planOf({ readyVariable: "FD" }).readiness, { fd: undefined, variable: "FD" });
  assertEquals(planOf({}).readiness, undefined);
  assertEquals(planOf({ readyFd: 3 }, BGPROCESS).readiness, undefined); // its pid file does that
});

Deno.test("a lasting process with an id or a line has an entry in the table of logins", () => {
  assertEquals(planOf({ inittabId: "1" }).inittab, { id: "1", line: "" });
  assertEquals(planOf({ inittabLine: "tty1" }).inittab, { id: "", line: "tty1" });
  assertEquals(planOf({}).inittab, undefined);
  assertEquals(planOf({ inittabId: "1", inittabLine: "tty1" }, BGPROCESS).inittab, undefined);
});

Deno.test("a process reads the output of its producer only if it has one", () => {
  assertEquals(planOf({ consumerOf: "q" }).consumerOf, "q");
  assertEquals(planOf({}).consumerOf, undefined);
});

Deno.test("only the command of a service shares the terminal, its stop command does not", () => {
  const world = new World();
  const flags = { ...NO_FLAGS, sharesConsole: true };
  const service = world.add("p", PROCESS, { stopCommand: ["/bin/stop"], flags });
  world.manager.start(service);
  world.execSucceeded("p");
  world.manager.stop(service);
  assertEquals(world.host.launches.map(({ session }) => session), ["shared-console", "own"]);
});
