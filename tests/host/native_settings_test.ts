/** The settings that only the native host can carry out, observed from inside the process. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { LaunchStage, ServiceType } from "../../src/model/mod.ts";
import type { LaunchPlan } from "../../src/engine/mod.ts";
import { plan, service, TestHost } from "./_host.ts";

const ENOENT = 2;
const NOBODY = { uid: 65534, gid: 65534, name: "nobody" };

function native(name: string, test: (host: TestHost) => Promise<void>): void {
  Deno.test(`native host: ${name}`, async () => {
    await using host = await TestHost.start("native");
    await test(host);
  });
}

function nativeAsRoot(
  name: string,
  why: string,
  test: (host: TestHost) => Promise<void>,
  present = true,
): void {
  Deno.test({
    ...rootOnly(`native host: ${name}`, why, present),
    async fn() {
      await using host = await TestHost.start("native");
      await test(host);
    },
  });
}

/** Fields of `/proc/PID/status` of a process with some settings. */
async function status(
  host: TestHost,
  fields: string[],
  changes: Partial<LaunchPlan> = {},
): Promise<string[]> {
  const text = await host.output("exec cat /proc/self/status", changes);
  return fields.map((field) => new RegExp(`^${field}:[ \\t]*(.*?)[ \\t]*$`, "m").exec(text)![1]);
}

const IGNORED = "0000000000381000"; // PIPE, TSTP, TTIN, TTOU

native("L1: nothing is blocked, and PIPE, TSTP, TTIN and TTOU are ignored", async (host) => {
  assertEquals(await status(host, ["SigBlk", "SigIgn"]), ["0000000000000000", IGNORED]);
  const chained = await status(host, ["SigBlk", "SigIgn"], { nice: 1 });
  assertEquals(chained, ["0000000000000000", IGNORED]);
});

Deno.test("native host: L1: signals that were ignored when the daemon was started are not ignored by services", async () => {
  const wrapper = ["sh", "-c", 'trap \'\' HUP INT QUIT USR1; exec "$0" "$@"'];
  await using host = await TestHost.start("native", { wrapper });
  assertEquals(await status(host, ["SigIgn"]), [IGNORED]);
});

Deno.test("native host: L1: signals that were blocked when the daemon was started stay blocked, except TERM and CHLD", async () => {
  const wrapper = ["env", "--block-signal=USR1,TERM,CHLD"];
  await using host = await TestHost.start("native", { wrapper });
  assertEquals(await status(host, ["SigBlk"]), ["0000000000000200"]);
});

Deno.test("native host: of the daemon's first descriptors a service inherits only 0, 1 and 2", async () => {
  const wrapper = ["sh", "-c", 'exec "$0" "$@" 7</dev/null 8>/dev/null'];
  await using host = await TestHost.start("native", { wrapper });
  assertEquals(await host.output("ls -m /proc/$$/fd"), "0, 1, 2\n");
  assertEquals(await host.output("ls -m /proc/$$/fd", { nice: 1 }), "0, 1, 2\n");
});

nativeAsRoot(
  "L7: a relative run-in-cgroup without a usable group fails at entering it",
  "enters control groups",
  async (host) => {
    await host.launch(plan(["true"], { cgroup: "no/such/group" }));
    assertEquals(await host.failure(), [LaunchStage.CGROUP, ENOENT]);
    await host.launch(plan(["true"], { cgroup: "/no/such/group" }));
    assertEquals(await host.failure(), [LaunchStage.CGROUP, ENOENT]);
  },
);

/** The root group of one hierarchy, v1 or v2, in which groups can be made. */
const ROOT_GROUP = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].find((path) => {
  try {
    return Deno.statSync(`${path}/cgroup.procs`).isFile;
  } catch {
    return false;
  }
});

nativeAsRoot("run-in-cgroup puts the process into the group", "makes a control group", async (host) => {
  const name = `dinit-test-${crypto.randomUUID()}`;
  Deno.mkdirSync(`${ROOT_GROUP}/${name}`);
  try {
    const cgroup = `${ROOT_GROUP}/${name}`.slice("/sys/fs/cgroup".length);
    const groups = await host.output("cat /proc/$$/cgroup; ls -m /proc/$$/fd", { cgroup });
    assert(groups.includes(`/${name}\n`), groups);
    assert(groups.endsWith("0, 1, 2\n"), groups);
  } finally {
    Deno.removeSync(`${ROOT_GROUP}/${name}`);
  }
}, ROOT_GROUP !== undefined);

nativeAsRoot("L20: run-as by name sets all ids", "runs processes as others", async (host) => {
  const changes = { runAs: NOBODY };
  assertEquals(await status(host, ["Uid", "Gid", "Groups"], changes), [
    [65534, 65534, 65534, 65534].join("\t"),
    [65534, 65534, 65534, 65534].join("\t"),
    "65534",
  ]);
});

/** A group with members, as fields of its line, if there is one here. */
const GROUP_WITH_MEMBERS = Deno.readTextFileSync("/etc/group").split("\n").map((line) => line.split(":"))
  .find(([, , gid, users]) => users !== undefined && users !== "" && gid !== undefined);

const SUPPLEMENTARY = "runs processes as others, and needs a user with a supplementary group";
nativeAsRoot("L20: run-as by name sets the supplementary groups of the user", SUPPLEMENTARY, async (host) => {
  const [, , group, members] = GROUP_WITH_MEMBERS!; // the test is ignored where there is none
  const name = members.split(",")[0];
  const [, , uid, gid] = Deno.readTextFileSync("/etc/passwd").split("\n").map((line) => line.split(":"))
    .find(([user]) => user === name)!;
  const runAs = { uid: Number(uid), gid: Number(gid), name };
  const [groups] = await status(host, ["Groups"], { runAs });
  assert(groups.split(" ").includes(group), groups);
}, GROUP_WITH_MEMBERS !== undefined);

nativeAsRoot(
  "a command that the user may not execute is an execution failure",
  "runs processes as others",
  async (host) => {
    Deno.writeTextFileSync(`${host.folder}/secret`, "#!/bin/sh\n", { mode: 0o700 });
    await host.launch(plan([`${host.folder}/secret`], { runAs: NOBODY }));
    assertEquals(await host.failure(), [LaunchStage.EXECUTE, 13]);
  },
);

native("L24: limits, nice and oom-score-adj, for stop commands as well", async (host) => {
  const changes: Partial<LaunchPlan> = {
    limits: [
      { resource: "nofile", soft: 100n, hard: 200n },
      { resource: "core", soft: "unlimited", hard: "unlimited" },
      { resource: "data", soft: 1n << 30n, hard: "unlimited" },
      { resource: "addrspace", soft: undefined, hard: undefined },
    ],
    nice: 5,
    oomScoreAdjust: 100,
  };
  const script =
    `cut -d' ' -f19 /proc/$$/stat; cat /proc/$$/oom_score_adj /proc/$$/limits; ls -m /proc/$$/fd`;
  for (const role of ["main", "stop"] as const) {
    const [nice, oom, ...rest] = (await host.output(script, { ...changes, role })).split("\n");
    const limit = (name: string) => {
      const [, soft, hard] = new RegExp(`^Max ${name} +(\\S+) +(\\S+)`, "m").exec(rest.join("\n"))!;
      return `${soft}:${hard}`;
    };
    assertEquals([nice, oom], ["5", "100"]);
    assertEquals(limit("open files"), "100:200");
    assertEquals(limit("core file size"), "unlimited:unlimited");
    assertEquals(limit("data size"), "1073741824:unlimited");
    assertEquals(rest.at(-2), "0, 1, 2");
  }
});

native("a limit whose soft half is above its hard half fails at setting limits", async (host) => {
  await host.launch(plan(["true"], { limits: [{ resource: "nofile", soft: 200n, hard: 100n }] }));
  const [stage, errno] = await host.failure();
  assertEquals([stage, errno], [LaunchStage.RESOURCE_LIMITS, 22]);
  const { zombies, descriptors } = await host.inspect();
  assertEquals(zombies, 0);
  await host.launch(plan(["true"], { limits: [{ resource: "nofile", soft: 200n, hard: 100n }] }));
  await host.failure();
  assertEquals((await host.inspect()).descriptors, descriptors);
});

Deno.test({
  ...rootOnly(
    "native host: a setting without permission is reported with its step",
    "other users have nothing to lose",
  ),
  fn: async () => {
    const lost = "-setuid,-setgid,-sys_resource,-sys_nice,-sys_admin,-setpcap";
    const wrapper = ["setpriv", `--bounding-set=${lost}`, `--inh-caps=${lost}`];
    await using host = await TestHost.start("native", { wrapper });
    const failure = async (changes: Partial<LaunchPlan>) => {
      await host.launch(plan(["true"], changes));
      return await host.failure();
    };
    assertEquals(await failure({ runAs: NOBODY }), [LaunchStage.USER_AND_GROUP, 1]);
    assertEquals(await failure({ nice: -5 }), [LaunchStage.IO_PRIORITY, 13]);
    assertEquals(await failure({ oomScoreAdjust: -500 }), [LaunchStage.IO_PRIORITY, 13]);
    assertEquals(await failure({ ioPriority: 8192 }), [LaunchStage.IO_PRIORITY, 1]);
    const limits = [{ resource: "nofile", soft: undefined, hard: 1n << 20n }] as const;
    assertEquals(await failure({ limits }), [LaunchStage.RESOURCE_LIMITS, 1]);
    assertEquals((await failure({ secureBits: ["noroot"] }))[0], LaunchStage.CAPABILITIES);
    const { zombies, running } = await host.settled();
    assertEquals([zombies, running], [0, []]);
  },
});

native("ioprio sets class and level", async (host) => {
  assertEquals((await host.output("ionice", { ioPriority: 2 * 8192 + 3 })).trim(), "best-effort: prio 3");
  assertEquals((await host.output("ionice", { ioPriority: 3 * 8192 })).trim(), "idle");
});

nativeAsRoot(
  "capabilities, securebits and no-new-privs are set as requested",
  "sets capabilities",
  async (host) => {
    const capabilities = "^cap_net_bind_service,%CAP_CHOWN,!cap_sys_admin";
    const fields = ["CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd", "NoNewPrivs"];
    const [inheritable, permitted, effective, ambient, bounding, noNewPrivs] = await status(host, fields, {
      runAs: NOBODY,
      capabilities,
      noNewPrivs: true,
    });
    assertEquals([inheritable, ambient], ["0000000000000401", "0000000000000400"]);
    assertEquals([permitted, effective], ["0000000000000400", "0000000000000400"]);
    assertEquals(BigInt(`0x${bounding}`) >> 21n & 1n, 0n); // CAP_SYS_ADMIN
    assertEquals(noNewPrivs, "1");
    const secureBits = ["noroot", "noroot-locked", "keep-caps"];
    const text = await host.output("setpriv --dump | grep Securebits", { secureBits });
    assertEquals(text, "Securebits: noroot,noroot_locked\n");
  },
);

native("the environment reaches the command byte for byte, with and without a chain", async (host) => {
  const environment = new Map([["PATH", "/usr/bin:/bin"], ["Ü", "\udcff"], ["a.b", "1"], ["UID", "7"], [
    "IFS",
    "x",
  ]]);
  const expected = ["", "IFS=x", "PATH=/usr/bin:/bin", "UID=7", "a.b=1", "\u00c3\u009c=\u00ff"];
  for (const nice of [undefined, 1]) {
    const output = {
      to: "file",
      path: `${host.folder}/e${nice}`,
      permissions: 0o600,
      uid: undefined,
      gid: undefined,
    } as const;
    await host.run(["env", "-0"], { environment, output, nice });
    const bytes = Deno.readFileSync(output.path);
    const entries = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").split("\0").sort();
    assertEquals(entries, expected);
  }
});

native("a command with an equals sign in its name is not treated as a variable", async (host) => {
  Deno.writeTextFileSync(`${host.folder}/a=b`, "#!/bin/sh\nexit 9\n", { mode: 0o755 });
  assertEquals(await host.run(["./a=b"], { workingDir: host.folder, nice: 1 }), { kind: "exited", code: 9 });
});

Deno.test("native host: a missing tool is refused at load time, with the setting and the tool", async () => {
  const folder = Deno.makeTempDirSync();
  await using host = await TestHost.start("native", { host: { toolFolders: folder } });
  assertEquals(await host.unsupported({}), undefined);
  assertEquals(await host.unsupported({ nice: 1 }), {
    setting: "nice",
    message: "this needs the program 'nice' (coreutils), which is not installed.",
  });
  assertEquals((await host.unsupported({ runAs: NOBODY }))?.setting, "run-as");
  assertEquals((await host.unsupported({ socketPath: "/run/s" }))?.setting, "socket-listen");
  assertEquals(await host.unsupported({ nice: 1, type: ServiceType.INTERNAL }), undefined);
  Deno.removeSync(folder);
});

native("everything is supported if the tools are installed", async (host) => {
  const everything = {
    nice: 1,
    runAs: NOBODY,
    socketPath: "/run/s",
    cgroup: "x",
    oomScoreAdjust: 1,
    ioPriority: 0,
    limits: [{ resource: "core" as const, soft: 1n, hard: 1n }],
  };
  assertEquals(await host.unsupported(everything), undefined);
});

native("a utmp entry lives and dies with the process", async () => {
  const file = Deno.makeTempFileSync();
  try {
    await using host = await TestHost.start("native", { host: { loginFile: file } });
    const inittab = { id: "tt1", line: "tty-test" };
    const { pid } = await host.launch(plan(["sleep", "1000"], { inittab }));
    await host.executed();
    const entry = () => {
      const bytes = Deno.readFileSync(file);
      const view = new DataView(bytes.buffer);
      const text = (at: number) => new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
      return [bytes.length > 0 && view.getInt16(0, true), view.getInt32(4, true), text(8), text(40)];
    };
    assertEquals(entry(), [5, pid!, "tty-test", "tt1"]);
    await host.signal(1, "main", 9, false);
    await host.exit();
    assertEquals(entry(), [8, pid!, "tty-test", "tt1"]);
  } finally {
    Deno.removeSync(file);
  }
});

native("a service that is unloaded is forgotten", async (host) => {
  await host.run(["echo", "hello"], { output: { to: "buffer", size: 100 } });
  await host.logWith("hello");
  await host.serviceUnloaded(service({ logType: "buffer" }));
  assertEquals(await host.log(), "");
});
