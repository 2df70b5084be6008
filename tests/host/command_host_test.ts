import { assertEquals } from "@std/assert";
import { DEFAULT_DESCRIPTION, NO_FLAGS, type ServiceDescription, ServiceType } from "../../src/model/mod.ts";
import { CommandHost } from "../../src/host/command_host.ts";
import { NO_RECORD } from "../../src/host/mod.ts";

/** The setting for which a service is refused. */
function refused(changes: Partial<ServiceDescription>): string | undefined {
  const nothing = () => {};
  const reports = { execSucceeded: nothing, execFailed: nothing, exited: nothing, allKilled: nothing };
  const host = new CommandHost(reports, NO_RECORD);
  return host.unsupported({ ...DEFAULT_DESCRIPTION, type: ServiceType.PROCESS, ...changes })?.setting;
}

Deno.test("command host: an unsupported feature is refused when a service is loaded", () => {
  assertEquals(refused({}), undefined);
  assertEquals(refused({ type: ServiceType.BGPROCESS }), "type = bgprocess");
  assertEquals(refused({ readyFd: 3 }), "ready-notification");
  assertEquals(refused({ socketPath: "/run/s" }), "socket-listen");
  assertEquals(refused({ logType: "pipe" }), "log-type = pipe");
  assertEquals(refused({ consumerOf: "x" }), "consumer-of");
  assertEquals(refused({ runAs: { uid: 1, gid: undefined, name: undefined } }), undefined);
  assertEquals(refused({ runAs: { uid: 1, gid: 1, name: "daemon" } }), "run-as = NAME");
  assertEquals(refused({ nice: 0 }), "nice");
});

/** Everything that the command host cannot do for a process. */
const EVERYTHING: Partial<ServiceDescription> = {
  readyFd: 3,
  readyVariable: "FD",
  socketPath: "/run/s",
  logType: "pipe",
  consumerOf: "x",
  runAs: { uid: 1, gid: 1, name: "daemon" },
  limits: [{ resource: "nofile", soft: 1n, hard: 1n }],
  nice: 5,
  ioPriority: 1,
  oomScoreAdjust: 1,
  cgroup: "/group",
  capabilities: "cap_kill",
  secureBits: ["noroot"],
  inittabId: "1",
  inittabLine: "tty1",
};

Deno.test("command host: every unsupported setting is refused", () => {
  for (const [name, value] of Object.entries(EVERYTHING)) {
    assertEquals(typeof refused({ [name]: value }), "string", name);
  }
  const flags = ["passCsFd", "runsOnConsole", "startsOnConsole", "sharesConsole", "noNewPrivs"] as const;
  for (const flag of flags) {
    assertEquals(typeof refused({ flags: { ...NO_FLAGS, [flag]: true } }), "string", flag);
  }
});

Deno.test("command host: a setting is accepted for services of a type that does not use it", () => {
  const flags = {
    ...NO_FLAGS,
    passCsFd: true,
    runsOnConsole: true,
    startsOnConsole: true,
    sharesConsole: true,
    noNewPrivs: true,
  };
  for (const type of [ServiceType.INTERNAL, ServiceType.TRIGGERED]) {
    assertEquals(refused({ ...EVERYTHING, type, flags }), undefined);
  }
  const ofProcesses = { readyFd: 3, readyVariable: "FD", inittabId: "1", inittabLine: "tty1" };
  assertEquals(refused({ ...ofProcesses, type: ServiceType.SCRIPTED }), undefined);
  assertEquals(refused({ limits: [{ resource: "core", soft: undefined, hard: undefined }] }), undefined);
});

Deno.test("command host: kill-all-on-stop has an effect on services without a process, too", () => {
  const flags = { ...NO_FLAGS, killAllOnStop: true };
  assertEquals(refused({ type: ServiceType.INTERNAL, flags }), "options = kill-all-on-stop");
  assertEquals(refused({ type: ServiceType.SCRIPTED, flags }), "options = kill-all-on-stop");
  assertEquals(refused({ type: ServiceType.TRIGGERED, flags }), undefined);
});
