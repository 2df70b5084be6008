import { assertEquals } from "@std/assert";
import { fc } from "../random.ts";
import {
  DEFAULT_DESCRIPTION,
  NO_FLAGS,
  NO_SANDBOX,
  type ServiceDescription,
  ServiceType,
} from "../../src/model/mod.ts";
import { chainLinks, type ChainSettings, needsChain } from "../../src/host/launch/exec_chain.ts";
import { nativeRequirements } from "../../src/host/launch/native_requirements.ts";

const PROCESS: ServiceDescription = { ...DEFAULT_DESCRIPTION, type: ServiceType.PROCESS };

function toolsFor(changes: Partial<ServiceDescription>, takesTerminal = false): string[] {
  return nativeRequirements({ ...PROCESS, ...changes }, takesTerminal).map(([tool]) => tool);
}

Deno.test("a description without such settings needs no tools", () => {
  assertEquals(toolsFor({}), []);
  assertEquals(toolsFor({ logType: "pipe", readyFd: 3, inittabId: "x" }), []);
});

Deno.test("tools are reported with the settings that need them", () => {
  assertEquals(nativeRequirements({ ...PROCESS, nice: 1, cgroup: "x" }, false), [
    ["nice", "nice"],
    ["sh", "nice, run-in-cgroup"],
    ["env", "nice, run-in-cgroup"],
  ]);
  assertEquals(toolsFor({ socketPath: "/run/s" }), ["sh", "env"]);
  const flags = { ...NO_FLAGS, noNewPrivs: true };
  assertEquals(nativeRequirements({ ...PROCESS, flags, secureBits: ["noroot"] }, false)[0], [
    "setpriv",
    "no-new-privs, securebits",
  ]);
});

Deno.test("a service on the console needs setsid if it takes the terminal", () => {
  const flags = { ...NO_FLAGS, startsOnConsole: true };
  assertEquals(toolsFor({ flags }, true), ["setsid", "sh", "env"]);
  assertEquals(toolsFor({ flags }, false), []);
  assertEquals(toolsFor({}, true), []);
});

Deno.test("a setting needs no tools for services of a type that does not use it", () => {
  assertEquals(toolsFor({ type: ServiceType.INTERNAL, nice: 1, cgroup: "x", socketPath: "/run/s" }), []);
});

const anyLimit = fc.record({
  resource: fc.constantFrom("nofile", "core", "data", "addrspace" as const),
  soft: fc.constantFrom(undefined, 1n, "unlimited" as const),
  hard: fc.constantFrom(undefined, 2n, "unlimited" as const),
});

/** What a launch of a process is given of a description. */
const anySettings: fc.Arbitrary<ChainSettings> = fc.record({
  limits: fc.uniqueArray(anyLimit, { selector: ({ resource }) => resource }),
  nice: fc.constantFrom(undefined, 0, 5),
  ioPriority: fc.constantFrom(undefined, 0, 8193),
  oomScoreAdjust: fc.constantFrom(undefined, 0, 1000),
  cgroup: fc.constantFrom("", "group"),
  runAs: fc.constantFrom(
    undefined,
    { uid: 1, gid: undefined, name: undefined },
    { uid: 1, gid: 1, name: "daemon" },
  ),
  capabilities: fc.constantFrom("", "cap_kill"),
  secureBits: fc.subarray(["keep-caps", "noroot"]),
  noNewPrivs: fc.boolean(),
  activationSocket: fc.boolean(),
  sandbox: fc.constantFrom(NO_SANDBOX, { words: ["no-network"], writable: ["/srv"] }),
  workingDir: fc.constant("/srv"),
});

Deno.test("the tools that a description needs are those of the chain that starts its process", () => {
  fc.assert(fc.property(anySettings, fc.boolean(), (settings, onConsole) => {
    const { noNewPrivs, activationSocket, ...same } = settings;
    const links = chainLinks(settings, {
      niceness: 0,
      gid: 0,
      takesTerminal: onConsole,
      isThere: () => true,
    });
    const tools = toolsFor({
      ...same,
      socketPath: activationSocket ? "/run/s" : "",
      flags: { ...NO_FLAGS, noNewPrivs, startsOnConsole: onConsole },
    }, true);
    const expected = needsChain(links, settings) ? [...links.map(({ tool }) => tool), "sh", "env"] : [];
    assertEquals(tools.toSorted(), expected.toSorted());
  }));
});
