import { assertEquals } from "@std/assert";
import { LaunchStage, NO_SANDBOX } from "../../src/model/mod.ts";
import {
  chainCommand,
  type ChainContext,
  chainLinks,
  type ChainSettings,
  needsChain,
} from "../../src/host/launch/exec_chain.ts";
import { chainFailure } from "../../src/host/launch/chain_failure.ts";

const NOTHING: ChainSettings = {
  limits: [],
  nice: undefined,
  ioPriority: undefined,
  oomScoreAdjust: undefined,
  cgroup: "",
  runAs: undefined,
  capabilities: "",
  secureBits: [],
  noNewPrivs: false,
  activationSocket: false,
  sandbox: NO_SANDBOX,
  workingDir: "/srv/web",
};
const HERE: ChainContext = { niceness: 0, gid: 1000, takesTerminal: false, isThere: () => true };

function links(changes: Partial<ChainSettings>, context: Partial<ChainContext> = {}): string[] {
  return chainLinks({ ...NOTHING, ...changes }, { ...HERE, ...context })
    .map(({ tool, args }) => [tool, ...args].join(" "));
}

Deno.test("without a setting there is no chain", () => {
  assertEquals(links({}), []);
  assertEquals(needsChain([], NOTHING), false);
});

Deno.test("each setting has its own link, in the order of the specification", () => {
  const all = links({
    limits: [{ resource: "nofile", soft: 1n, hard: 2n }, {
      resource: "addrspace",
      soft: "unlimited",
      hard: "unlimited",
    }],
    nice: 5,
    ioPriority: 2 * 8192 + 7,
    oomScoreAdjust: -5,
    noNewPrivs: true,
  }, { takesTerminal: true });
  assertEquals(all, [
    "setsid --ctty",
    "prlimit --nofile=1:2 --as=unlimited:unlimited",
    "nice -n 5",
    "ionice -c 2 -n 7",
    "choom -n -5 --",
    "setpriv --no-new-privs --",
  ]);
});

Deno.test("half a limit does not change the other half, and no half is no limit", () => {
  assertEquals(links({ limits: [{ resource: "core", soft: 0n, hard: undefined }] }), ["prlimit --core=0:"]);
  assertEquals(links({ limits: [{ resource: "data", soft: undefined, hard: 7n }] }), ["prlimit --data=:7"]);
  assertEquals(links({ limits: [{ resource: "data", soft: undefined, hard: undefined }] }), []);
});

Deno.test("nice is counted from the daemon's own value, and stays within the system's range", () => {
  assertEquals(links({ nice: 5 }, { niceness: 10 }), ["nice -n -5"]);
  assertEquals(links({ nice: 1000 }, { niceness: 0 }), ["nice -n 19"]);
  assertEquals(links({ nice: -1000 }, { niceness: 1 }), ["nice -n -21"]);
});

Deno.test("classes without levels get none", () => {
  assertEquals(links({ ioPriority: 3 * 8192 }), ["ionice -c 3"]);
  assertEquals(links({ ioPriority: 0 }), ["ionice -c 0"]);
  assertEquals(links({ ioPriority: 8192 }), ["ionice -c 1 -n 0"]);
});

Deno.test("a user by name brings groups; a number keeps the daemon's group", () => {
  assertEquals(links({ runAs: { uid: 7, gid: 8, name: "seven" } }), [
    "setpriv --reuid=7 --regid=8 --init-groups --",
  ]);
  assertEquals(links({ runAs: { uid: 7, gid: undefined, name: undefined } }), [
    "setpriv --reuid=7 --regid=1000 --clear-groups --",
  ]);
});

Deno.test("capabilities are sorted into their sets", () => {
  assertEquals(links({ capabilities: "^cap_net_raw,!CAP_SYS_ADMIN,cap_chown,%12,^!cap_kill," }), [
    "setpriv --inh-caps=-all,+net_raw,+chown,+cap_12,+kill --ambient-caps=-all,+net_raw,+kill " +
    "--bounding-set=-sys_admin,-kill --",
  ]);
});

Deno.test("securebits that last are passed on, the others are not", () => {
  assertEquals(links({ secureBits: ["keep-caps"] }), []);
  assertEquals(links({ secureBits: ["keep-caps-locked", "no-setuid-fixup", "noroot-locked"] }), [
    "setpriv --securebits=+keep_caps_locked,+no_setuid_fixup,+noroot_locked --",
  ]);
});

const END = {
  argv: ["prog", "a b"],
  path: "/bin/prog",
  environment: ["A=1"],
  errorFd: 3,
  statusFd: 9,
  cgroupFd: undefined,
  autogroup: undefined,
  listenPid: false,
};

Deno.test("every chain ends with a shell and env, and then the command", () => {
  const found = chainLinks({ ...NOTHING, nice: 1 }, HERE);
  const command = chainCommand(found, END, (tool) => `/bin/${tool}`);
  assertEquals(command.slice(0, 5), ["/bin/nice", "-n", "1", "/bin/sh", "-c"]);
  assertEquals(command.slice(6), ["sh", "/bin/prog", "/bin/env", "A=1", "prog", "a b"]);
});

Deno.test("the shell enters the group, and tells the command its own process id", () => {
  const [, , script] = chainCommand([], { ...END, cgroupFd: 4, listenPid: true }, (tool) => tool);
  const lines = script.split("\n");
  assertEquals(lines[0].startsWith("echo 0 2>/dev/null >&4 || "), true);
  assertEquals(lines[1], "exec 4>&-");
  assertEquals(lines.at(-1), 'exec "$e" -i "LISTEN_PID=$$" "$@" 2>&3 3>&-');
});

Deno.test("the error messages of tools are interpreted", () => {
  const known = chainLinks({
    ...NOTHING,
    limits: [{ resource: "core", soft: 1n, hard: 1n }],
    oomScoreAdjust: 1,
    runAs: { uid: 1, gid: 1, name: "one" },
  }, HERE);
  const failure = (text: string) => {
    const { stage, errno } = chainFailure(text, known);
    return [stage, errno];
  };
  const { RESOURCE_LIMITS, IO_PRIORITY, USER_AND_GROUP, CAPABILITIES, EXECUTE, CGROUP } = LaunchStage;
  assertEquals(failure("prlimit: failed to set the CORE resource limit: Operation not permitted\n"), [
    RESOURCE_LIMITS,
    1,
  ]);
  assertEquals(failure("prlimit: the soft limit CORE cannot exceed the hard limit\n"), [RESOURCE_LIMITS, 22]);
  assertEquals(failure("choom: failed to set score adjust value: Permission denied\n"), [IO_PRIORITY, 13]);
  assertEquals(failure("setpriv: setresuid failed: Operation not permitted\n"), [USER_AND_GROUP, 1]);
  assertEquals(failure("/usr/bin/setpriv: set process securebits failed: Operation not permitted\n"), [
    CAPABILITIES,
    1,
  ]);
  assertEquals(failure("exec: execute: Permission denied\n"), [EXECUTE, 13]);
  assertEquals(failure("cgroup: write: Input/output error\n"), [CGROUP, 5]);
  assertEquals(failure("something unheard of"), [EXECUTE, 5]);
});
