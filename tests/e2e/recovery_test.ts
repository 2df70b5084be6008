/** What the next daemon does about one that was killed, or that lives without its socket: nothing runs twice. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromSources } from "../_needs.ts";
import { until } from "../_patience.ts";
import { endOf } from "../_processes.ts";
import { Dinit, isRunning, runDinit } from "./_dinit.ts";
import { both, internal, native, process, settings, shell } from "./_hosts.ts";

let marks = 0;

/** An argument for `sleep` that no other process has. */
function mark(): string {
  return `9${Deno.pid}.${++marks}`;
}

/** The processes that sleep for one of these times. */
function sleepers(...marks: string[]): number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter((pid) => {
    try {
      const [program, time] = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
      return /(^|\/)sleep$/.test(program) && marks.includes(time) && isRunning(pid);
    } catch {
      return false;
    }
  });
}

/** The one process that sleeps for a time. The kernel does not show its words while it executes its program. */
function sleeper(time: string): Promise<number> {
  return until(() => {
    const found = sleepers(time);
    return found.length === 1 ? found[0] : undefined;
  }, "one process that sleeps");
}

/** The output of a daemon, without lines that depend on the control groups of the machine. */
function messages(output: string): string[] {
  return output.split("\n").filter((line) => line !== "" && !line.includes("cgroup"));
}

/** Ends the remaining processes of a failed test. */
function sweep(...marks: string[]): void {
  for (const pid of sleepers(...marks)) Deno.kill(pid, "SIGKILL");
}

both("a second daemon does not touch the services of a first one whose socket was removed", async (start) => {
  const time = mark();
  await using dinit = start({ boot: settings("type = process", `command = sleep ${time}`) });
  try {
    await dinit.printed("[  OK  ] boot");
    const pid = await sleeper(time);
    dinit.kill("SIGSTOP"); // otherwise it would create the socket again at once
    Deno.removeSync(dinit.ownSocket);
    const words = ["--user", "--services-dir", `${dinit.directory}/sd`, "--socket-path", dinit.ownSocket];
    const { code, stdout } = await runDinit(words);
    assertEquals(code, 1);
    assertEquals(messages(stdout).length, 1, stdout);
    assertStringIncludes(stdout, `another instance (pid ${dinit.pid}) is running`);
    assertStringIncludes(stdout, "send it SIGUSR1");
    assertEquals(sleepers(time), [pid]);
    assert(!dinit.has("socket"));
    dinit.kill("SIGCONT");
    dinit.kill("SIGUSR1");
    await dinit.until(() => dinit.has("socket"), "the socket");
    const again = await runDinit(words);
    assertEquals([again.code, ...messages(again.stdout)], [
      1,
      "dinit: Control socket is already active (another instance already running?)",
    ]);
    assertEquals(await dinit.pidOf("boot"), pid);
  } finally {
    sweep(time);
  }
});

both("a daemon that lost socket and journal writes both again on SIGUSR1", async (start) => {
  const time = mark();
  await using dinit = start({ boot: settings("type = process", `command = sleep ${time}`) });
  try {
    await dinit.printed("[  OK  ] boot");
    Deno.removeSync(dinit.ownSocket);
    Deno.removeSync(`${dinit.ownSocket}.processes`);
    dinit.kill("SIGUSR1");
    await dinit.until(() => dinit.has("socket") && dinit.has("socket.processes"), "both files");
    assertStringIncludes(dinit.read("socket.processes"), `"pid":${await sleeper(time)}`);
  } finally {
    sweep(time);
  }
});

both("nothing runs twice after a kill while services are being started", async (start) => {
  const times = Array.from({ length: 30 }, mark);
  // Every third executes another program, so that its command line is not that of its description.
  const command = (time: string, index: number) =>
    index % 3 === 0 ? shell(`exec sleep ${time}`) : `sleep ${time}`;
  const services = Object.fromEntries(
    times.map((
      time,
      index,
    ) => [`s${index}`, settings("type = process", `command = ${command(time, index)}`)]),
  );
  const boot = internal(...times.map((_, index) => `waits-for: s${index}`));
  await using dinit = start({ ...services, boot });
  try {
    for (let kills = 1; kills <= 3; kills++) {
      await dinit.until(() => sleepers(...times).length >= 8 * kills - 7, "some services");
      await dinit.stop("SIGKILL");
      dinit.start();
    }
    // Its line may be lost: the last daemon that was killed may have started everything.
    await until(async () => (await dinit.ctl("is-started", "boot")).code === 0, "the start of boot");
    await dinit.until(() => times.every((time) => sleepers(time).length > 0), "all services");
    assertEquals(sleepers(...times).length, times.length);
  } finally {
    sweep(...times);
  }
});

both(
  "the rest of a process group is ended if its leader ended after the daemon was killed",
  async (start) => {
    const [time, leader] = [mark(), mark()];
    const script = `[ -e ../again ] || sleep ${time} & exec sleep ${leader}`;
    await using dinit = start({ boot: process(script) });
    try {
      await dinit.printed("[  OK  ] boot");
      await dinit.until(() => sleepers(time, leader).length === 2, "the group");
      await dinit.stop("SIGKILL");
      Deno.kill(sleepers(leader)[0], "SIGKILL");
      await dinit.until(() => sleepers(leader).length === 0, "the leader's end");
      dinit.write("again", "");
      dinit.start({ args: ["--after-crash=end"] });
      await dinit.printed("[  OK  ] boot", 2);
      assertEquals(sleepers(time), []);
      await dinit.until(() => sleepers(leader).length === 1, "the new leader");
    } finally {
      sweep(time, leader);
    }
  },
);

native("a daemon with a pid file in the session of another process is ended", async (start) => {
  const time = mark();
  // Twice a fork: the process is in the session of one that has ended.
  const command = shell(
    `setsid sh -c '(sleep ${time} & echo $! >../pid)' & while ! [ -s ../pid ]; do sleep 0.01; done`,
  );
  const boot = settings("type = bgprocess", `command = ${command}`, "pid-file = pid");
  await using dinit = start({ boot });
  try {
    await dinit.printed("[  OK  ] boot");
    const pid = await sleeper(time);
    assertEquals(await dinit.pidOf("boot"), pid);
    await dinit.stop("SIGKILL");
    Deno.removeSync(`${dinit.directory}/pid`);
    dinit.start({ args: ["--after-crash=end"] });
    await dinit.printed("[  OK  ] boot", 2);
    assert(!isRunning(pid));
    await sleeper(time);
  } finally {
    sweep(time);
  }
});

both(
  "a journal that others can write to is ignored, and the daemon runs without a journal",
  async (start) => {
    await using dinit = start({
      boot: internal("depends-on: web"),
      web: settings("type = process", "command = sleep 1000"),
    });
    await dinit.printed("[  OK  ] boot");
    await dinit.stop();
    const time = mark();
    const victim = new Deno.Command("sleep", { args: [time], detached: true }).spawn();
    try {
      dinit.write("socket.processes", `{"format":"dinit processes","version":2,"pid":1}\n`);
      Deno.chmodSync(`${dinit.directory}/socket.processes`, 0o666);
      dinit.start();
      await dinit.printed("[  OK  ] boot", 2);
      const warnings = dinit.lines.filter((line) => line.includes("cannot record running processes"));
      assertEquals(warnings.length, 1);
      assertStringIncludes(warnings[0], `${dinit.ownSocket}.processes is ignored: others can write to it`);
      assert(isRunning(victim.pid));
      assertEquals(dinit.read("socket.processes").split("\n").length, 2);
    } finally {
      victim.kill("SIGKILL");
      await endOf(victim);
    }
  },
);

Deno.test({
  ...fromSources("a daemon without the grant for the time since boot names possible leftovers"),
  async fn() {
    const time = mark();
    const permissions = ["run", "read", "write", "net", "env", "sys=uid,gid"].map((name) =>
      `--allow-${name}`
    );
    await using dinit = new Dinit({ boot: settings("type = process", `command = sleep ${time}`) });
    try {
      dinit.start({ permissions });
      await dinit.printed("[  OK  ] boot");
      const pid = await sleeper(time);
      await dinit.stop("SIGKILL");
      dinit.start({ permissions });
      await dinit.printed("[  OK  ] boot", 2);
      const warning = dinit.lines.find((line) => line.includes("an earlier instance was killed")) ?? "";
      assertStringIncludes(warning, `boot (pid ${pid})`);
      assertStringIncludes(warning, "--allow-sys=osUptime");
    } finally {
      sweep(time);
    }
  },
});
