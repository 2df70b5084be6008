/** The main process of a `bgprocess` service, as its processes name it. */

import { assert, assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { outputOf, wordsOf } from "../_processes.ts";
import { Dinit, isRunning } from "./_dinit.ts";
import { settings } from "./_hosts.ts";

/**
 * A launcher that leaves a daemon in another session. The daemon names itself, then its child when the file `next` is
 * there, and ends.
 */
const LAUNCHER = `use Socket; use POSIX ();
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
my $to = pack_sockaddr_un($ENV{NOTIFY_SOCKET});
sub say_it { send($s, join("\\n", @_), 0, $to) or die "send: $!"; }
sub wait_for { until (-e "../$_[0]") { select undef, undef, undef, 0.02; } }
pipe(my $in, my $out);
my $pid = fork();
if ($pid) { close $out; my $line = <$in>; exit 0; }
POSIX::setsid();
say_it("MAINPID=$$", "STATUS=first");
close $out;
wait_for("next");
my $next = fork();
if (!$next) { say_it("STATUS=second"); sleep 1000; exit; }
say_it("MAINPID=$next");
wait_for("taken");
exit 3;
`;

Deno.test("the main process of a bgprocess service is the one that its processes name", async () => {
  await using dinit = new Dinit({
    boot: settings(
      "type = bgprocess",
      "command = perl ../launcher.pl",
      "pid-file = ../no.pid",
      "ready-notification = notify",
      "restart = no",
    ),
  });
  dinit.write("launcher.pl", LAUNCHER);
  dinit.start({ args: ["--host", "native"] });
  await dinit.printed("[  OK  ] boot");
  const first = await dinit.pidOf("boot");
  assert((await wordsOf(first, "cmdline")).some((word) => word.endsWith("launcher.pl")));
  const health = async () => JSON.parse((await dinit.ctl("--json", "health", "boot")).stdout).health?.[0];
  assertEquals((await until(health, "the health")).status, "first");
  const [{ name }] = [...Deno.readDirSync(`${dinit.directory}/socket.notify`)];
  const stranger = await outputOf("perl", {
    args: [
      "-e",
      `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); send($s, "MAINPID=$$", 0, pack_sockaddr_un($ARGV[0])); sleep 1`,
      `${dinit.directory}/socket.notify/${name}/socket`,
    ],
  });
  assertEquals(stranger.code, 0);
  dinit.write("next", "");
  const second = await until(async () => {
    const pid = await dinit.pidOf("boot");
    return pid === first ? undefined : pid;
  }, "the second main process");
  await until(async () => (await health()).status === "second", "what the second process says");
  dinit.write("taken", "");
  await until(() => !isRunning(first), "the end of the first process");
  assertEquals([await dinit.pidOf("boot"), (await dinit.ctl("is-started", "boot")).code], [second, 0]);
  Deno.kill(second, "SIGKILL");
  await dinit.printed("[STOPPD] boot");
  assertEquals(
    dinit.lines.filter((line) => /is ignored: it does not belong to the service$/.test(line)).length,
    1,
  );
});
