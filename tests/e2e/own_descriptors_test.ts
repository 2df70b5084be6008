/** Log files that are descriptors of the daemon. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Dinit } from "./_dinit.ts";

const COUNT = 30;
const counts = (logfile: string, word: string) =>
  `type = process\ncommand = /bin/sh -c "i=0; while [ $$i -lt ${COUNT} ]; do i=$$((i+1)); echo ${word}-$$i; ` +
  `sleep 0.1; done; : >../${word}.done; exec sleep 1000"\nlogfile = ${logfile}\n`;
const numbered = (text: string, word: string) =>
  text.split("\n").filter((line) => line.startsWith(`${word}-`));
const all = (word: string) => Array.from({ length: COUNT }, (_, index) => `${word}-${index + 1}`);

for (const host of ["native", "command"]) {
  Deno.test(`the output of services to the daemon's output file is complete (${host} host)`, async () => {
    const boot = "type = internal\ndepends-on: a\ndepends-on: b\n";
    await using dinit = new Dinit({
      boot,
      a: counts("/dev/stdout", "a"),
      b: counts("link", "b"),
      q: "type = internal\n",
    });
    Deno.symlinkSync("/proc/self/fd/1", `${dinit.directory}/sd/link`);
    const through = `exec >"${dinit.directory}/out" 2>&1; exec "$@"`;
    dinit.start({ through, args: ["--host", host, "--log-file", "/dev/stdout"] });
    await dinit.until(() => dinit.has("a.done") || dinit.has("b.done"), "the first lines");
    for (const order of ["start", "stop", "start"]) await dinit.ctl(order, "q");
    await dinit.until(() => dinit.has("a.done") && dinit.has("b.done"), "the last lines");
    await dinit.stop();
    const out = dinit.read("out");
    assertEquals(numbered(out, "a"), all("a"));
    assertEquals(numbered(out, "b"), all("b"));
    // A fault may lose a line of the daemon (docs/surviving.md).
    if (dinit.injections === 0) {
      assertEquals(out.match(/^\[ {2}OK {2}\] q$/gm)?.length, 2);
      assertEquals(out.match(/^dinit: service q started\.$/gm)?.length, 2);
    }
    assertEquals(Deno.statSync(`${dinit.directory}/out`).mode! & 0o777, 0o644 & ~Deno.umask());
  });

  Deno.test(`services get only descriptors that the daemon was started with (${host} host)`, async () => {
    const reaching = (fd: number) =>
      `type = scripted\ncommand = /bin/echo no\nlogfile = /dev/fd/${fd}\nrestart = no\n`;
    const numbers = Array.from({ length: 40 }, (_, index) => index + 3);
    const names = numbers.map((fd) => `s${fd}`);
    const boot = `type = internal\n${names.map((name) => `waits-for: ${name}\n`).join("")}`;
    await using dinit = new Dinit({
      boot,
      ...Object.fromEntries(numbers.map((fd) => [`s${fd}`, reaching(fd)])),
    });
    // Closes descriptors that the test itself passes on.
    const close =
      'for fd in /proc/$$/fd/*; do n=${fd##*/}; [ $n -lt 3 ] || eval "exec $n>&-"; done; exec "$@"';
    dinit.start({ through: `exec bash -c '${close}' bash "$@"`, args: ["--host", host] });
    await dinit.printed("[  OK  ] boot");
    assertEquals(
      dinit.lines.filter((line) => /^\[FAILED\]/.test(line)).length,
      names.length,
      dinit.lines.join("\n"),
    );
  });
}

Deno.test("only a descriptor that the daemon was started with can be a log file", async () => {
  await using dinit = new Dinit({ boot: counts("/dev/fd/8", "a"), other: counts("/dev/fd/9", "b") });
  const through = `exec 8>"${dinit.directory}/eight"; exec "$@"`;
  dinit.start({ through, args: ["--host", "native", "boot", "other"] });
  await dinit.until(() => dinit.has("a.done"), "the lines");
  assertEquals(numbered(dinit.read("eight"), "a"), all("a"));
  await dinit.printed("[FAILED] other");
  assertStringIncludes((await dinit.ctl("status", "other")).stdout, "Bad file descriptor");
});
