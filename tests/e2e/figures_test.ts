/** What `dinitctl top` says that a tree of processes costs, beside what the kernel and `ps` say. */

import { assert, assertEquals } from "@std/assert";
import { programPath, rootOnly } from "../_needs.ts";
import { outputOf } from "../_processes.ts";
import { Dinit } from "./_dinit.ts";
import { groupOf, ROOT } from "./_groups.ts";
import { internal, process } from "./_hosts.ts";

/** Takes memory, uses a processor for a while, notes the time that it and its ended children took, and stands still. */
const WORK = `my ($seconds, $megabytes, $file) = @ARGV;
my $memory = "x" x ($megabytes << 20);
my @t; do { @t = times } while $t[0] + $t[1] < $seconds;
exit unless $file;
my $used = eval join "+", times;
open my $notes, ">>", $file; print $notes "$$ $used\\n"; close $notes;
sleep 1000;
`;

/** A child that has ended, one in the session, one in its own session, one without a parent as well, and the main process. */
const tree = (notes: string) =>
  [
    "perl ../work 1 1",
    `(perl ../work 0.5 10 ${notes} & setsid perl ../work 0.5 20 ${notes} & :)`,
    `setsid -f setsid -f perl ../work 0.5 40 ${notes}`,
    `exec perl ../work 0.5 5 ${notes}`,
  ].join("; ");
const PROCESSES = 4;

Deno.test({
  ...rootOnly(
    "the figures of a tree of processes are those of its control group and, without one, the sums of ps (native host)",
    "makes groups in a hierarchy of version 2; it uses ps and perl",
    ROOT !== undefined && programPath("ps") !== undefined && programPath("perl") !== undefined,
  ),
  async fn() {
    const settings = ["kill-mode = all", "logfile = ../log"];
    await using dinit = new Dinit({
      boot: internal("waits-for = alone", "waits-for = grouped"),
      alone: process(tree("../alone"), ...settings),
      grouped: process(tree("../grouped"), "cgroup = auto", ...settings),
    });
    dinit.write("work", WORK);
    dinit.start({ args: ["--host", "native"] });
    const notes = (service: string) =>
      [...dinit.read(service).matchAll(/^(\d+) (.+)\n/gm)].map((
        [, pid, used],
      ) => [Number(pid), Number(used)]);
    const all = () => ["alone", "grouped"].flatMap(notes);
    await dinit.until(() => all().length === 2 * PROCESSES, "all processes");
    await dinit.until(() => all().every(([pid]) => isAsleep(pid)), "their sleep");
    const { services } = JSON.parse((await dinit.ctl("--json", "top", "--once", "alone", "grouped")).stdout);
    assertEquals(services.map(({ name }: { name: string }) => name), ["alone", "grouped"]);
    for (const { name, figures } of services) {
      const [pids, used] = [notes(name).map(([pid]) => pid), notes(name).map(([, seconds]) => seconds)];
      const group = name === "grouped" ? groupOf(pids[0]) : undefined;
      const ps = await sumsOfPs(pids);
      assertEquals(figures.processes, PROCESSES, name);
      assert(figures.cpu < 0.01, `${name} stands still, and uses ${figures.cpu} processors`);
      near(figures.memory, inGroup(group, "memory.current", /^(\d+)/) ?? ps.memory, `memory of ${name}`);
      const counted = inGroup(group, "cpu.stat", /^usage_usec (\d+)$/m);
      const seconds = group === undefined ? sum(used) : (counted ?? NaN) / 1e6;
      near(figures.cpuSeconds, seconds, `processor time of ${name}`);
      // ps shows whole seconds of each process.
      assert(
        ps.seconds <= figures.cpuSeconds && figures.cpuSeconds < ps.seconds + PROCESSES,
        `${figures.cpuSeconds} s beside ${ps.seconds} s`,
      );
    }
  },
});

function near(actual: number, expected: number, what: string): void {
  assert(Math.abs(actual - expected) <= 0.05 * expected, `${what}: ${actual} instead of ${expected}`);
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

function isAsleep(pid: number): boolean {
  return /^State:\s+S/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
}

/** What ps shows: bytes, and seconds with those of children that have ended, which only this column of it counts. */
async function sumsOfPs(pids: readonly number[]): Promise<{ memory: number; seconds: number }> {
  const { stdout } = await outputOf("ps", { args: ["S", "-o", "rss=,bsdtime=", "-p", pids.join(",")] });
  const rows = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
    line.trim().split(/\s+|:/).map(Number)
  );
  assertEquals(rows.length, pids.length);
  return {
    memory: 1024 * sum(rows.map(([size]) => size)),
    seconds: sum(rows.map(([, minutes, seconds]) => 60 * minutes + seconds)),
  };
}

/** A number that the kernel counts for a group; `undefined` without the group, or without the controller. */
function inGroup(group: string | undefined, file: string, pattern: RegExp): number | undefined {
  try {
    const number = group && pattern.exec(Deno.readTextFileSync(`${group}/${file}`))?.[1];
    return number ? Number(number) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
