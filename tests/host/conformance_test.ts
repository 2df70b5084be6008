/**
 * Requirements for both hosts. The rows are those of section 16 of the lifecycle specification that concern hosts;
 * `native_*_test.ts` has the features of the native host.
 */

import { assert, assertEquals } from "@std/assert";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { outputOf } from "../_processes.ts";
import { rootOnly } from "../_needs.ts";
import { exitedWith, killedBy, LaunchStage, Signal } from "../../src/model/mod.ts";
import type { OutputPlan } from "../../src/engine/mod.ts";
import { fileOutput, fileWith, type HostKind, type Launches, plan, TestHost } from "./_host.ts";

const MARK = "(dinit: note: service restarted)\n";
const ENOENT = 2;
const ENXIO = 6;
const EACCES = 13;
const EINVAL_SIGNAL = 9999;

/** The hosts under test, and the native one in both ways of launching. */
const HOSTS: readonly { readonly what: string; readonly kind: HostKind; readonly launches: Launches }[] = [
  { what: "native host", kind: "native", launches: "parallel" },
  { what: "native host in sequence", kind: "native", launches: "sequence" },
  { what: "command host", kind: "command", launches: "parallel" },
];

/** One test for each host. */
function both(name: string, test: (host: TestHost, kind: HostKind) => Promise<void>): void {
  for (const { what, kind, launches } of HOSTS) {
    Deno.test(`${what}: ${name}`, () => withHost(kind, launches, test));
  }
}

/** The same, for tests that only root can run. */
function bothAsRoot(name: string, why: string, test: (host: TestHost) => Promise<void>): void {
  for (const { what, kind, launches } of HOSTS) {
    Deno.test({ ...rootOnly(`${what}: ${name}`, why), fn: () => withHost(kind, launches, test) });
  }
}

async function withHost(
  kind: HostKind,
  launches: Launches,
  test: (host: TestHost, kind: HostKind) => Promise<void>,
): Promise<void> {
  await using host = await TestHost.start(kind, { host: { launches } });
  await test(host, kind);
}

const OUTPUTS: Record<string, (folder: string) => OutputPlan> = {
  "without a log": () => ({ to: "null" }),
  "with a buffered log": () => ({ to: "buffer", size: 100 }),
  "with a log file": (folder) => fileOutput(`${folder}/log`),
};

/** Counts the TERM signals that it gets in a file, and ends in order with the third. */
const COUNTS_SIGNALS = `n=0; trap 'n=$((n + 1)); echo $n >"$0"; [ $n != 3 ] || exit 4' TERM
echo 0 >"$0"; while :; do sleep 0.01; done`;

async function signalsReach(host: TestHost, output: OutputPlan, shell = "sh"): Promise<void> {
  const count = `${host.folder}/count`;
  await host.launch(plan([shell, "-c", COUNTS_SIGNALS, count], { output }));
  await host.executed();
  await fileWith(count, "0\n");
  for (const [signal, group] of [["1\n", false], ["2\n", true], ["3\n", false]] as const) {
    assertEquals(await host.signal(1, "main", Signal.TERM, group), "sent");
    await fileWith(count, signal);
  }
  assertEquals(await host.exit(), exitedWith(4));
  assertEquals(await host.signal(1, "main", Signal.TERM, false), "no-process");
}

for (const [how, output] of Object.entries(OUTPUTS)) {
  both(`a process ${how} is executed, then exits with its code`, async (host) => {
    const { pid } = await host.launch(plan(["sh", "-c", "exit 3"], { output: output(host.folder) }));
    assert(pid! > 1);
    assertEquals(await host.exit(), { kind: "exited", code: 3 });
    assertEquals(host.reports, [{ event: "execSucceeded", args: [1, "main"] }]);
    assertEquals((await host.inspect()).running, []);
  });

  both(`a signal ends a process ${how}, and its group with it`, async (host) => {
    const script = "sleep 1000 & wait";
    const { pid } = await host.launch(plan(["sh", "-c", script], { output: output(host.folder) }));
    await host.executed();
    assertEquals((await host.inspect()).running, [pid!]);
    assertEquals(await host.signal(1, "main", Signal.TERM, true), "sent");
    assertEquals(await host.exit(), { kind: "killed", signal: Signal.TERM, core: false });
    assertEquals(await host.signal(1, "main", Signal.TERM, true), "no-process");
  });

  both(
    `every signal reaches a process ${how}, not only the first, and its exit status is kept`,
    async (host) => {
      await signalsReach(host, output(host.folder));
    },
  );

  both(`a process ${how} that ignores TERM is killed`, async (host) => {
    const ready = `${host.folder}/ready`;
    const script = `trap '' TERM; echo >"$0"; while :; do sleep 0.01; done`;
    await host.launch(plan(["sh", "-c", script, ready], { output: output(host.folder) }));
    await fileWith(ready, "\n");
    for (const group of [true, false]) {
      assertEquals(await host.signal(1, "main", Signal.TERM, group), "sent");
    }
    assertEquals(await host.signal(1, "main", Signal.KILL, true), "sent");
    assertEquals(await host.exit(), killedBy(Signal.KILL));
  });

  both(`a real-time signal that ends a process ${how} is reported by its number`, async (host) => {
    const script = "kill -40 $$; sleep 1000";
    await host.launch(plan(["sh", "-c", script], { output: output(host.folder) }));
    assertEquals(await host.exit(), killedBy(40));
  });
}

Deno.test("native host: every signal reaches a process that logs into a pipe", async () => {
  await using host = await TestHost.start("native");
  await signalsReach(host, { to: "pipe" });
});

Deno.test("command host with the grant to run only one program: every signal reaches a process", async () => {
  const shell = "/bin/sh";
  const grants = [
    `--allow-run=${shell}`,
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-env",
    "--allow-sys=uid,gid",
  ];
  for (const output of Object.values(OUTPUTS)) {
    await using host = await TestHost.start("command", { grants });
    await signalsReach(host, output(host.folder), shell);
  }
});

both(
  "L1: a process leads its own session, with empty input and no output",
  async (host, kind) => {
    const script = `read -r pid comm state ppid pgrp session tty rest </proc/$$/stat
    echo "$((pid == session)) $((pid == pgrp)) $tty"
    readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; ls -m /proc/$$/fd`;
    const path = `${host.folder}/seen`;
    // What writes is a part of the shell: what counts is that of its parent, which waits.
    await host.run(["sh", "-c", `( ${script} ) >"$0"; wait`, path]);
    const [ids, ...rest] = Deno.readTextFileSync(path).split("\n");
    assertEquals(ids, "1 1 0");
    assertEquals(rest.slice(0, 3), ["/dev/null", "/dev/null", "/dev/null"]);
    if (kind === "native") assertEquals(rest[3], "0, 1, 2");
  },
);

both(
  "L2: a command with a slash and a relative log file are found from the working directory",
  async (host) => {
    const { folder } = host;
    Deno.mkdirSync(`${folder}/services`);
    Deno.writeTextFileSync(`${folder}/tool`, "#!/bin/sh\npwd\n", { mode: 0o755 });
    const workingDir = `${folder}/services`;
    await host.run(["../tool"], { workingDir, output: fileOutput("log") });
    assertEquals(Deno.readTextFileSync(`${workingDir}/log`), `${workingDir}\n`);
  },
);

both("L3: the process itself appends to a log file, which has the requested mode", async (host) => {
  const path = `${host.folder}/log`;
  Deno.writeTextFileSync(path, "before\n");
  const script = "echo out; echo err >&2; readlink /proc/$$/fd/1; grep flags /proc/$$/fdinfo/1";
  await host.run(["sh", "-c", script], { output: fileOutput(path, { permissions: 0o640 }) });
  const [before, out, err, file, flags] = Deno.readTextFileSync(path).split("\n");
  assertEquals([before, out, err, file], ["before", "out", "err", path]);
  assert((parseInt(flags.split(":")[1].trim(), 8) & 0o2000) !== 0); // O_APPEND
  const { mode, uid, gid } = Deno.statSync(path);
  assertEquals([mode! & 0o777, uid, gid], [0o640, Deno.uid(), Deno.gid()]);
  await host.run(["true"], { output: fileOutput(path) });
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
});

bothAsRoot("L3: a log file gets its owner", "gives files away", async (host) => {
  const path = `${host.folder}/log`;
  await host.run(["true"], { output: fileOutput(path, { uid: 65534, gid: 65533 }) });
  const { uid, gid } = Deno.statSync(path);
  assertEquals([uid, gid], [65534, 65533]);
});

both("L4: a log file in a missing directory is a failure to open the log file", async (host) => {
  await host.launch(plan(["true"], { output: fileOutput("/no/such/directory/log") }));
  assertEquals(await host.failure(), [LaunchStage.LOG_FILE, ENOENT]);
});

both("a log that is a named pipe without a reader is an error, and blocks nothing", async (host) => {
  const path = await namedPipe(host);
  await host.launch(plan(["true"], { output: fileOutput(path) }));
  assertEquals(await host.failure(), [LaunchStage.LOG_FILE, ENXIO]);
});

both("a log that is no regular file keeps its owner and mode, and writing to it waits", async (host) => {
  const path = await namedPipe(host);
  const before = Deno.statSync(path);
  const ids = Deno.uid() === 0 ? { uid: 12345, gid: 12345 } : {};
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const output = fileOutput(path, { permissions: 0o640, ...ids });
    await host.run(["sh", "-c", "grep ^flags: /proc/$$/fdinfo/1"], { output });
    const bytes = new Uint8Array(100);
    const text = new TextDecoder().decode(bytes.subarray(0, readSync(reader, bytes)));
    assertEquals(parseInt(text.replace("flags:", ""), 8) & constants.O_NONBLOCK, 0, text);
  } finally {
    closeSync(reader);
  }
  const { mode, uid, gid } = Deno.statSync(path);
  assertEquals([mode, uid, gid], [before.mode, before.uid, before.gid]);
});

both("a device keeps its owner and mode as a log file", async (host) => {
  const before = Deno.statSync("/dev/null").mode! & 0o777;
  await host.run(["echo", "x"], { output: fileOutput("/dev/null", { permissions: before ^ 0o004 }) });
  assertEquals(Deno.statSync("/dev/null").mode! & 0o777, before);
});

async function namedPipe(host: TestHost): Promise<string> {
  const path = `${host.folder}/fifo`;
  await outputOf("mkfifo", { args: ["-m", "0644", path] });
  return path;
}

both("L5: a command that cannot be executed is reported with the reason", async (host) => {
  const { folder } = host;
  Deno.writeTextFileSync(`${folder}/script`, "#!/no/such/interpreter\n", { mode: 0o755 });
  const failure = async (argv: string[], environment = plan([]).environment) => {
    assertEquals(await host.launch(plan(argv, { environment })), {});
    return await host.failure();
  };
  assertEquals(await failure(["/no/such/program"]), [LaunchStage.EXECUTE, ENOENT]);
  assertEquals(await failure(["no-such-program"]), [LaunchStage.EXECUTE, ENOENT]);
  assertEquals(await failure(["/etc/passwd"]), [LaunchStage.EXECUTE, EACCES]);
  assertEquals(await failure([folder]), [LaunchStage.EXECUTE, EACCES]);
  assertEquals(await failure([`${folder}/script`]), [LaunchStage.EXECUTE, ENOENT]);
  assertEquals(await failure([]), [LaunchStage.EXECUTE, ENOENT]);
  const elsewhere = new Map([["PATH", "/no/such/directory"]]);
  assertEquals(await failure(["true"], elsewhere), [LaunchStage.EXECUTE, ENOENT]);
});

both("L6: a missing working directory is a failure to change the directory", async (host) => {
  await host.launch(plan(["true"], { workingDir: "/no/such/directory" }));
  assertEquals(await host.failure(), [LaunchStage.CHANGE_DIRECTORY, ENOENT]);
});

both("L8: a buffered log has the output of both runs, with a mark between them", async (host) => {
  const output: OutputPlan = { to: "buffer", size: 4096 };
  await host.run(["echo", "hello"], { output });
  await host.logWith("hello\n");
  await host.run(["echo", "again"], { output });
  assertEquals(await host.logWith("again\n"), `hello\n${MARK}again\n`);
});

both("the last output of a process is in its buffer when its exit is reported", async (host) => {
  const output: OutputPlan = { to: "buffer", size: 4096 };
  for (const words of ["first\n", "last\n"]) {
    await host.run(["printf", words], { output });
    assert((await host.log()).endsWith(words));
  }
});

both("L9: output without a line feed at its end gets one before the mark", async (host) => {
  const output: OutputPlan = { to: "buffer", size: 4096 };
  await host.run(["printf", "hello"], { output });
  await host.logWith("hello");
  await host.run(["echo", "again"], { output });
  assertEquals(await host.logWith("again\n"), `hello\n${MARK}again\n`);
});

both("L10: a buffer holds the last bytes, and does not block the process", async (host) => {
  const output: OutputPlan = { to: "buffer", size: 50 };
  await host.run(["sh", "-c", "seq 100000"], { output });
  const expected = Array.from({ length: 50 }, (_, index) => `${index + 99_951}\n`).join("").slice(-50);
  assertEquals(await host.logWith(expected), expected);
});

both("L11: marks count like other output", async (host) => {
  const output: OutputPlan = { to: "buffer", size: 100 };
  for (let run = 1; run <= 4; run++) {
    await host.run(["printf", `${run}: hi\n`], { output });
    await host.logWith(`${run}: hi\n`);
  }
  assertEquals(await host.log(), `1: hi\n${MARK}2: hi\n${MARK}3: hi\n${MARK}4: hi\n`.slice(-100));
});

both("a cleared buffer accepts output again", async (host) => {
  const output: OutputPlan = { to: "buffer", size: 6 };
  await host.run(["echo", "hello"], { output });
  await host.logWith("hello");
  assertEquals(await host.log(true), "hello\n");
  assertEquals(await host.log(), "");
  await host.run(["echo", "again"], { output });
  assertEquals(await host.logWith("again"), "again\n");
});

both(
  "a buffer with a new size keeps what fits, also for a process that began with the old size",
  async (host) => {
    const script = 'echo one; (until [ -e "$0" ]; do sleep 0.01; done; echo late) & exit 0';
    const go = `${host.folder}/go`;
    await host.run(["sh", "-c", script, go], { output: { to: "buffer", size: 1000 } });
    await host.logWith("one\n");
    await host.run(["echo", "two"], { output: { to: "buffer", size: 2000 } });
    await host.logWith("two\n");
    Deno.writeTextFileSync(go, "");
    assertEquals(await host.logWith("late\n"), `one\n${MARK}two\nlate\n`);
  },
);

both("L12: a stop command's output is dropped while that of the process is buffered", async (host) => {
  await host.run(["echo", "command"], { output: { to: "buffer", size: 100 } });
  const seen = `${host.folder}/seen`;
  const script = 'echo stop; outputs=$(readlink /proc/$$/fd/1 /proc/$$/fd/2); echo "$outputs" >"$0"';
  await host.run(["sh", "-c", script, seen], { role: "stop" });
  assertEquals(Deno.readTextFileSync(seen), "/dev/null\n/dev/null\n");
  assertEquals(await host.logWith("command\n"), "command\n");
});

both("L13: a stop command writes to the same file as the process", async (host) => {
  const output = fileOutput(`${host.folder}/log`);
  await host.run(["echo", "command"], { output });
  await host.run(["echo", "stop command"], { output, role: "stop" });
  assertEquals(Deno.readTextFileSync(`${host.folder}/log`), "command\nstop command\n");
});

bothAsRoot(
  "L21: run-as by number keeps the daemon's group, and drops supplementary groups",
  "runs processes as others",
  async (host) => {
    const runAs = { uid: 12345, gid: undefined, name: undefined };
    const path = `${host.folder}/log`;
    for (const output of [fileOutput(path), { to: "buffer", size: 4096 }] as const) {
      await host.run(["sh", "-c", "grep -E '^(Uid|Gid|Groups):' /proc/$$/status"], { output, runAs });
      const text = output.to === "file" ? Deno.readTextFileSync(path) : await host.logWith("Groups:");
      const [uid, gid, groups] = text.split("\n").map((line) => line.split(":")[1]?.trim());
      assertEquals(uid, [12345, 12345, 12345, 12345].join("\t"));
      assertEquals([gid, groups], [Array(4).fill(Deno.gid()).join("\t"), ""]);
    }
  },
);

both("L23: the environment is that of the plan", async (host) => {
  const environment = new Map([["PATH", "/usr/bin:/bin"], ["A", "x=y z"], ["B", ""], ["Ü", "ß\n"], [
    "a.b",
    "1",
  ]]);
  const output = fileOutput(`${host.folder}/environment`);
  await host.run(["env", "-0"], { environment, output });
  const entries = Deno.readTextFileSync(`${host.folder}/environment`).split("\0").sort();
  assertEquals(entries, ["", "A=x=y z", "B=", "PATH=/usr/bin:/bin", "a.b=1", "Ü=ß\n"]);
});

both("L29: a signal may go to the process only: its child survives", async (host) => {
  const script = `sleep 1000 & echo $! >"${host.folder}/child"; echo started; wait`;
  await host.launch(plan(["sh", "-c", script], { output: { to: "buffer", size: 100 } }));
  await host.logWith("started");
  assertEquals(await host.signal(1, "main", Signal.TERM, false), "sent");
  assertEquals(await host.exit(), { kind: "killed", signal: Signal.TERM, core: false });
  Deno.kill(Number(Deno.readTextFileSync(`${host.folder}/child`)), "SIGKILL"); // throws if it does not exist
});

both("a number that is no signal is refused", async (host) => {
  await host.launch(plan(["sleep", "1000"]));
  await host.executed();
  assertEquals(await host.signal(1, "main", EINVAL_SIGNAL, false), "bad-signal");
  assertEquals(await host.signal(1, "main", 0, false), "sent");
  assertEquals(await host.signal(1, "main", Signal.KILL, false), "sent");
  assertEquals(await host.exit(), { kind: "killed", signal: Signal.KILL, core: false });
});

both("the command and the stop command of a service are distinguished", async (host) => {
  await host.launch(plan(["sleep", "1000"]));
  await host.launch(plan(["sh", "-c", "exit 1"], { role: "stop" }));
  assertEquals(await host.exit(1, "stop"), { kind: "exited", code: 1 });
  assertEquals(await host.signal(1, "main", Signal.KILL, false), "sent");
  assertEquals(await host.exit(1, "main"), { kind: "killed", signal: Signal.KILL, core: false });
});

both("a script without an interpreter line is run by the shell", async (host) => {
  Deno.writeTextFileSync(`${host.folder}/script`, "exit $1\n", { mode: 0o755 });
  assertEquals(await host.run([`${host.folder}/script`, "7"]), { kind: "exited", code: 7 });
});

both("many short-lived processes are all reaped", async (host) => {
  const burst = async () => {
    await host.launchMany(plan(["true"]), 60);
    for (let id = 1; id <= 60; id++) assertEquals(await host.exit(id), { kind: "exited", code: 0 });
  };
  await burst(); // the runtime has made its permanent allocations now
  const before = await host.settled();
  await burst();
  const after = await host.settled(before.descriptors);
  assertEquals([after.zombies, after.children, after.running], [0, 0, []]);
  assertEquals(after.descriptors, before.descriptors);
});
