import { assertEquals } from "@std/assert";
import { DEFAULT_DESCRIPTION, ServiceType } from "../../src/model/mod.ts";
import { CommandHost, NO_RECORD } from "../../src/host/mod.ts";

Deno.test("command host: what it cannot do is refused when a service is loaded", () => {
  const nothing = () => {};
  const reports = {
    execSucceeded: nothing,
    execFailed: nothing,
    exited: nothing,
    allKilled: nothing,
  };
  const host = new CommandHost(reports, NO_RECORD);
  const asked = (changes: Partial<typeof DEFAULT_DESCRIPTION>) =>
    host.unsupported({ ...DEFAULT_DESCRIPTION, type: ServiceType.PROCESS, ...changes })?.setting;
  assertEquals(asked({}), undefined);
  assertEquals(asked({ type: ServiceType.BGPROCESS }), "type = bgprocess");
  assertEquals(asked({ readyFd: 3 }), "ready-notification");
  assertEquals(asked({ socketPath: "/run/s" }), "socket-listen");
  assertEquals(asked({ logType: "pipe" }), "log-type = pipe");
  assertEquals(asked({ consumerOf: "x" }), "consumer-of");
  assertEquals(asked({ runAs: { uid: 1, gid: undefined, name: undefined } }), undefined);
  assertEquals(asked({ runAs: { uid: 1, gid: 1, name: "daemon" } }), "run-as = NAME");
  assertEquals(asked({ nice: 0 }), "nice");
});
