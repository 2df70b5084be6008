/** `log-type = kept`: the keeper of logs may be killed at any moment, and the daemon upgraded, faulted or killed. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { archivesOf } from "../../src/rotation/mod.ts";
import { rootOnly } from "../_needs.ts";
import { until } from "../_patience.ts";
import { endOf } from "../_processes.ts";
import { SCALE } from "../_scale.ts";
import { Dinit, isRunning } from "./_dinit.ts";
import { keepersOf, keptParts, workingKeeper } from "./_kept.ts";

const LINES = 20_000 * SCALE;

/** Writes numbered lines, slowly enough that the keeper is killed several times meanwhile. */
const WRITER = `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "$1 $i some text of a service"
[ $((i % 500)) = 0 ] && sleep 0.05
done
echo complete >"$1.complete"
exec sleep 1000
`;

const WRITERS = ["one", "two"];

/** A daemon whose services write numbered lines to kept logs. */
function writers(...lines: string[]): Dinit {
  const dinit = new Dinit({});
  dinit.write("writer.sh", WRITER);
  for (const name of WRITERS) {
    dinit.write(
      `sd/${name}`,
      [
        "type = process",
        `command = /bin/sh writer.sh ${name}`,
        `working-dir = ${dinit.directory}`,
        "log-type = kept",
        `logfile = ${name}.log`,
        ...lines,
        "",
      ].join("\n"),
    );
  }
  dinit.write("sd/boot", `type = internal\n${WRITERS.map((name) => `waits-for = ${name}\n`).join("")}`);
  return dinit;
}

/** Every line is there once, whole, and in order. */
async function assertComplete(dinit: Dinit): Promise<void> {
  for (const name of WRITERS) {
    const lines = (await keptParts(`${dinit.directory}/${name}.log`)).join("").split("\n");
    assertEquals(lines.pop(), "");
    lines.forEach((line, index) => {
      const text = line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, "");
      assertEquals(text, `${name} ${index + 1} some text of a service`);
    });
    assertEquals(lines.length, LINES);
  }
}

function isComplete(dinit: Dinit): boolean {
  return WRITERS.every((name) => dinit.has(`${name}.complete`));
}

Deno.test("a keeper that is killed again and again loses, doubles and cuts no line of the logs", async () => {
  await using dinit = writers("log-timestamps = iso", "log-max-size = 64K", "log-keep = 10000");
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  let keeper: number | undefined;
  let kills = 0;
  while (kills < 6 && !isComplete(dinit)) {
    keeper = await workingKeeper(dinit.pid, WRITERS.length, keeper);
    await new Promise((resolve) => setTimeout(resolve, 30 * Math.random())); // any moment of its work
    Deno.kill(keeper, "SIGKILL");
    kills++;
  }
  assert(kills > 1, `${kills}`);
  await dinit.until(() => isComplete(dinit), "the writers");
  await dinit.stop();
  await assertComplete(dinit);
  assertEquals(archivesOf(`${dinit.directory}/one.log`).length > 3, true);
});

Deno.test("an upgrade and faults of the daemon keep the keeper, and the logs are complete", async () => {
  await using dinit = writers("log-timestamps = iso", "log-max-size = 64K", "log-keep = 10000");
  dinit.start({ args: ["--fault-limit=0"] });
  await dinit.printed("[  OK  ] boot");
  const keeper = await workingKeeper(dinit.pid, WRITERS.length);
  for (let round = 0; round < 2; round++) {
    const { code, stderr } = await dinit.upgrade();
    assertEquals([code, stderr], [0, ""]);
    dinit.kill("SIGSEGV");
    await until(
      async () => (await dinit.ctl("is-started", "boot")).code === 0,
      () => "the daemon after a fault",
    );
    assertEquals(keepersOf(dinit.pid), [keeper]);
  }
  await dinit.until(() => isComplete(dinit), "the writers");
  await dinit.stop();
  assert(!isRunning(keeper));
  await assertComplete(dinit);
});

Deno.test("after a kill of the daemon its keeper goes on, and the next daemon continues the logs", async () => {
  await using dinit = writers("log-max-size = 64K", "log-keep = 10000");
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  const keeper = await workingKeeper(dinit.pid, WRITERS.length);
  dinit.kill("SIGKILL");
  await dinit.ended();
  assert(isRunning(keeper));
  dinit.start();
  const next = await workingKeeper(dinit.pid, WRITERS.length);
  assert(next !== keeper);
  assert(!isRunning(keeper));
  await dinit.until(() => isComplete(dinit), "the writers");
  await dinit.stop();
  await assertComplete(dinit);
});

Deno.test("logs, catlog, status and logs rotate treat a kept log like a log file", async () => {
  await using dinit = new Dinit({});
  dinit.write(
    "sd/boot",
    `type = scripted\ncommand = /bin/sh -c "echo going; exit 3"\nlog-type = kept\n` +
      `logfile = ${dinit.directory}/boot.log\n@meta log-format = json\n`,
  );
  dinit.write("sd/other", "type = internal\n");
  dinit.start({ args: ["other"] });
  await dinit.printed("[  OK  ] other");
  // On a busy machine the report of a failure does not wait until the first keeper has started.
  const shown = await until(async () => {
    assertEquals((await dinit.ctl("start", "boot")).code, 1);
    const { stdout } = await dinit.ctl("status", "--json", "boot");
    return stdout.includes(JSON.stringify('{"text":"going"}')) && stdout;
  }, "the last line of the failed service");
  assertStringIncludes(shown, `${dinit.directory}/boot.log`);
  const overview = JSON.parse((await dinit.ctl("status", "--json")).stdout);
  assertEquals(overview.daemon.logKeeper, await workingKeeper(dinit.pid, 1));
  assertStringIncludes((await dinit.ctl("status")).stdout, `keeper of logs pid ${overview.daemon.logKeeper}`);
  assertStringIncludes((await dinit.ctl("logs", "boot")).stdout, "going");
  assertStringIncludes((await dinit.ctl("catlog", "boot")).stdout, "going");
  assertEquals((await dinit.ctl("logs", "rotate", "boot")).stdout, "The log of service 'boot' is rotated.\n");
  assert(/^(\{"text":"going"\}\n)+$/.test(dinit.read("boot.log.1")), dinit.read("boot.log.1"));
});

Deno.test("output that nobody has kept yet when the daemon ends is written", async () => {
  await using dinit = new Dinit({});
  dinit.write(
    "sd/boot",
    `type = process\ncommand = /bin/sh -c "trap 'echo last; exit' TERM; exec 3<>wait; echo first; while :; do read -r line <&3; done"\n` +
      `working-dir = ${dinit.directory}\nlog-type = kept\nlogfile = boot.log\n`,
  );
  await endOf(new Deno.Command("mkfifo", { args: [`${dinit.directory}/wait`] }).spawn(), "mkfifo");
  dinit.start();
  await dinit.until(() => dinit.read("boot.log") === "first\n", "the first line");
  const keeper = await workingKeeper(dinit.pid, 1);
  Deno.kill(keeper, "SIGKILL");
  await dinit.stop();
  assertEquals(dinit.read("boot.log"), "first\nlast\n");
});

/** Mounts a file system of 5 MB at `disk`: a real one, or else one in memory. */
const SMALL_DISK =
  `{ truncate -s 5M image && mkfs.ext4 -q -F -O ^has_journal image && mount -o loop image disk ||
  mount -t tmpfs -o size=5M none disk; } 2>/dev/null`;

Deno.test({
  ...rootOnly(
    "a full disk is reported once, the last lines are held, and the log continues when there is room",
    "mounts",
  ),
  fn: async () => {
    await using dinit = new Dinit({});
    const { directory } = dinit;
    Deno.mkdirSync(`${directory}/disk`);
    dinit.write(
      "sd/web",
      [
        "type = process",
        `command = /bin/sh -c "seq -f 'line %07g of a service' 1 100000; touch written; exec sleep 1000"`,
        `working-dir = ${directory}`,
        "log-type = kept",
        "logfile = disk/web.log",
        "",
      ].join("\n"),
    );
    dinit.write("sd/room", `type = scripted\ncommand = /bin/rm ${directory}/disk/filling\n`);
    dinit.write("sd/boot", "type = internal\nwaits-for = web\n");
    dinit.start({
      through: `exec unshare --mount sh -c '${SMALL_DISK} &&
        head -c 4000000 /dev/zero >disk/filling && exec "$@"' sh "$@"`,
    });
    const log = `/proc/${dinit.pid}/root${directory}/disk/web.log`;
    await dinit.until(() => dinit.has("written"), "the end of the output");
    assertEquals((await dinit.ctl("start", "room")).code, 0);
    await dinit.until(
      () => dinit.lines.some((line) => line.includes("is written again")),
      "the second report",
    );
    await dinit.until(
      () => Deno.readTextFileSync(log).endsWith("line 0100000 of a service\n"),
      "the last line",
    );
    const lines = Deno.readTextFileSync(log).trimEnd().split("\n");
    const note = /^\(dinit-log: (\d+) bytes of output were lost: No space left on device\)$/;
    const lost = lines.reduce((sum, line) => sum + Number(note.exec(line)?.[1] ?? 0), 0);
    const whole = lines.filter((line) => /^line \d{7} of a service$/.test(line));
    // Only a line in which the disk was full may be incomplete. A note follows it.
    const cut = lines.filter((_, index) =>
      note.test(lines[index + 1] ?? "") && !whole.includes(lines[index])
    );
    assertEquals(whole.length + cut.length + lines.filter((line) => note.test(line)).length, lines.length);
    assertEquals(whole.length * 26 + cut.join("").length + lost, 100_000 * 26);
    assertEquals([...whole].sort(), whole);
    assert(lost > 0);
    assertEquals(dinit.lines.filter((line) => line.includes("Service web: ")), [
      `dinit: Service web: cannot write ${directory}/disk/web.log: No space left on device; ` +
      "the last 1 MB of output are kept in memory",
      `dinit: Service web: ${directory}/disk/web.log is written again; ${lost} bytes of output were lost`,
    ]);
  },
});

Deno.test({
  ...rootOnly(
    "a kept log on a file system that is read-only at first gets all lines when it is writable",
    "mounts",
  ),
  fn: async () => {
    await using dinit = new Dinit({});
    const { directory } = dinit;
    Deno.mkdirSync(`${directory}/disk`);
    dinit.write(
      "sd/web",
      [
        "type = process",
        `command = /bin/sh -c "printf 'first\\\\000\\\\377\\\\nno end'; exec sleep 1000"`,
        "log-type = kept",
        `logfile = ${directory}/disk/web.log`,
        "",
      ].join("\n"),
    );
    dinit.write("sd/root-rw", `type = scripted\ncommand = /bin/mount -o remount,rw ${directory}/disk\n`);
    dinit.write("sd/boot", "type = internal\nwaits-for = web\n");
    dinit.start({
      through: `exec unshare --mount sh -c 'mount -t tmpfs -o ro none disk && exec "$@"' sh "$@"`,
    });
    await dinit.printed(
      `dinit: Service web: cannot write ${directory}/disk/web.log: Read-only file system; ` +
        "the last 1 MB of output are kept in memory",
    );
    assertEquals((await dinit.ctl("start", "root-rw")).code, 0);
    const log = `/proc/${dinit.pid}/root${directory}/disk/web.log`;
    await dinit.printed(`dinit: Service web: ${directory}/disk/web.log is written again`);
    assertEquals(
      Deno.readFileSync(log),
      Uint8Array.from([
        ...new TextEncoder().encode("first"),
        0,
        255,
        10,
        ...new TextEncoder().encode("no end"),
      ]),
    );
  },
});
