/**
 * A service inherits the same as a program that the daemon's parent starts itself. The daemon and its runtime change
 * many things for themselves, and processes would inherit most of them.
 */

import { assertEquals } from "@std/assert";
import { Dinit } from "./_dinit.ts";

/** Writes everything that a process inherits: one line per item. */
const LOOK = [
  "exec 2>&1",
  "tr '\\0' '\\n' < /proc/self/environ | grep -v '^PWD=' | sort | sed 's/^/environment /'",
  "echo umask $(umask)",
  "sed 's/^/limit /' /proc/self/limits",
  "grep -E '^(Sig(Blk|Ign)|Cap|NoNewPrivs|Seccomp:|Cpus_allowed:|Mems_allowed:|THP_enabled)' /proc/self/status",
  "for name in oom_score_adj coredump_filter personality timerslack_ns; do echo $name $(cat /proc/self/$name); done",
  "echo nice $(cut -d' ' -f19 /proc/self/stat), policy $(cut -d' ' -f41 /proc/self/stat)",
  // The shell has some itself, with larger numbers. A pipe would be one more.
  'ls -l /proc/$$/fd >"$1.fds"; sed -n \'s/.* \\([0-9]\\) -> .*/descriptor \\1/p\' "$1.fds"',
].join("\n");

/** What the reference makes services ignore, and the native host with it (lifecycle 8.5, step 18). */
const IGNORED = { native: "SigIgn 381000", command: "SigIgn 0" } as const;

/** What was written down, line by line; of the signals those that have names. */
function looked(text: string): string[] {
  return text.split("\n").map((line) => {
    const [, signals] = /^SigIgn:\t(.*)$/.exec(line) ?? [];
    return signals === undefined ? line : `SigIgn ${(BigInt(`0x${signals}`) & 0x7fffffffn).toString(16)}`;
  });
}

/** Things as no login has them. The shell stays the parent of the daemon, as terminals and scripts do. */
const UNUSUAL = [
  "cd sd",
  "umask 026",
  "ulimit -S -n 300; ulimit -S -c 0; ulimit -S -s 4096",
  "exec 7</dev/null 8>/dev/null",
  "trap '' HUP QUIT USR1 USR2 ALRM PIPE TSTP",
  "export LANG=C.UTF-8 WORD='a  b' EMPTY=",
];

for (const host of ["native", "command"] as const) {
  Deno.test(`a service inherits only what its daemon was started with (${host} host)`, async () => {
    const boot = "type = scripted\ncommand = /bin/sh look ../service\nrestart = no\n";
    await using dinit = new Dinit({ boot, look: "" });
    dinit.write("sd/look", `exec >"$1.part"\n${LOOK}\nmv "$1.part" "$1"\n`);
    const direct =
      "(trap - HUP QUIT USR1 USR2 ALRM PIPE TSTP; exec 0</dev/null 7>&- 8>&-; sh look ../direct)";
    const through = [...UNUSUAL, direct, '"$@" & trap "kill -TERM $!" TERM; wait; wait'].join("\n");
    dinit.start({ through, args: ["--host", host] });
    await dinit.until(() => dinit.has("direct") && dinit.has("service"), "both to look");
    const expected = looked(dinit.read("direct"))
      .filter((line) => !/^descriptor (?![012]$)/.test(line)) // those that the test is run with
      .map((line) => line.startsWith("SigIgn") ? IGNORED[host] : line);
    assertEquals(looked(dinit.read("service")), expected);
  });

  Deno.test(`the daemon reads from more services than the limit of open files, and they get the original limit (${host} host)`, async () => {
    const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
    const script = "ulimit -S -n >>../limits; exec sleep 1000";
    const service = `type = process\ncommand = /bin/sh -c "${script}"\nlog-type = buffer\nrestart = no\n`;
    const boot = `type = internal\n${names.map((name) => `depends-on: ${name}\n`).join("")}`;
    await using dinit = new Dinit({ boot, ...Object.fromEntries(names.map((name) => [name, service])) });
    const through = 'ulimit -S -n 60; "$@" & trap "kill -TERM $!" TERM; wait; wait';
    dinit.start({ through, args: ["--host", host] });
    await dinit.printed("[  OK  ] boot");
    await dinit.until(
      () => dinit.read("limits").split("\n").length > names.length,
      "all to tell their limit",
    );
    assertEquals(new Set(dinit.read("limits").split("\n")), new Set(["60", ""]));
  });
}
