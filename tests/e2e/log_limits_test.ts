/** Log files with limits: rotation in place, while the services write themselves. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { canCollapse } from "../../src/system/collapsible.ts";
import { openLibrary } from "../../src/system/mod.ts";
import { archivesOf } from "../../src/rotation/mod.ts";
import { needing, rootOnly } from "../_needs.ts";
import { outputOf } from "../_processes.ts";
import { SCALE } from "../_scale.ts";
import { Dinit, dinitCommand } from "./_dinit.ts";
import { injected } from "./_injection.ts";
import { logParts } from "./_kept.ts";

const CAN_COLLAPSE = canCollapse(openLibrary(), Deno.env.get("TMPDIR") ?? "/tmp");
const FILE_SYSTEM = "a file system that can cut the head off a file";
const LINES = 10_000 * SCALE;
/** Whether a file system can be made in a file. */
const CAN_MAKE = ["/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4"].some((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** Four processes write numbered lines, and then stay. */
const WRITERS = `for w in 1 2 3 4; do
  (i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "w$w $i some text of a service"; done) &
done
wait
echo complete >complete
exec sleep 1000
`;

function service(directory: string, ...lines: string[]): string {
  return [
    "type = process",
    `command = /bin/sh ${directory}/writers.sh`,
    `working-dir = ${directory}`,
    "logfile = web.log",
    ...lines,
    "",
  ].join("\n");
}

async function wholeLog(dinit: Dinit): Promise<string> {
  return (await logParts(`${dinit.directory}/web.log`)).join("");
}

/** `logs rotate` has said that it rotated the log of a service. */
function assertRotated(service: string, said: string): void {
  const rotated = `The log of service '${service}' is rotated.\n`;
  // A program that takes over meanwhile rotates it again, and may find nothing more to cut off (docs/surviving.md).
  const again = `The log of service '${service}' is shorter than a block of its file system, and stays.\n`;
  assertEquals(said, injected() !== undefined && said === again ? again : rotated);
}

/** Every writer has written each of its lines once, in order. */
function assertComplete(log: string): void {
  const found = new Map<string, number>();
  const lines = log.split("\n");
  assertEquals(lines.pop(), "");
  for (const line of lines) {
    const match = /^(w[1-4]) (\d+) some text of a service$/.exec(line);
    const [, writer, number] = match ?? [];
    assert(writer !== undefined, `a line that nobody has written: ${line}`);
    assertEquals(Number(number), (found.get(writer) ?? 0) + 1, line);
    found.set(writer, Number(number));
  }
  assertEquals([...found.values()], [LINES, LINES, LINES, LINES]);
}

Deno.test({
  ...needing(
    "a log file with a limit is rotated while four processes write, and no line is lost",
    FILE_SYSTEM,
    CAN_COLLAPSE,
  ),
  fn: async () => {
    await using dinit = new Dinit({});
    dinit.write("writers.sh", WRITERS);
    dinit.write("sd/boot", service(dinit.directory, "log-max-size = 16K", "log-keep = 10000"));
    dinit.start();
    await dinit.until(() => dinit.has("complete"), "the end of the writers");
    await dinit.until(() => Deno.statSync(`${dinit.directory}/web.log`).size < 16_384, "the last rotation");
    await dinit.until(
      () => !dinit.has("web.log.cut~") && archivesOf(`${dinit.directory}/web.log`).length > 0,
      "the end of the rotation",
    );
    assertComplete(await wholeLog(dinit));
    const shown = await dinit.ctl("logs", "-n", "all", "boot");
    assertComplete(shown.stdout);
  },
});

Deno.test({
  ...needing(
    "a rotation goes on after an upgrade of the daemon, and keeps the wanted archives",
    FILE_SYSTEM,
    CAN_COLLAPSE,
  ),
  fn: async () => {
    await using dinit = new Dinit({});
    const script =
      'while :; do n=$((n+1)); [ -e stop ] || seq -f "%.0f some text of a service" 1 500; sleep 0.05; done';
    dinit.write("writers.sh", script);
    const settings = [
      "@meta log-max-size = 32K",
      "log-keep: 2",
      "log-compress = no",
      "smooth-recovery = yes",
    ];
    dinit.write("sd/boot", service(dinit.directory, ...settings));
    dinit.start();
    const log = `${dinit.directory}/web.log`;
    const inode = () => archivesOf(log).find(({ number }) => number === 1)?.inode;
    await dinit.until(() => inode() !== undefined, "the first rotation");
    const result = await dinit.upgrade();
    assertEquals(result.code, 0, result.stderr);
    const before = inode();
    await dinit.until(() => inode() !== undefined && inode() !== before, "a rotation by the next program");
    await dinit.until(() => archivesOf(log).length === 2, "two archives");
    dinit.write("stop", "");
    assertEquals(archivesOf(log).some(({ compressed }) => compressed), false);
  },
});

Deno.test({
  ...needing(
    "logs rotate begins another file at once, and names what has no limits",
    FILE_SYSTEM,
    CAN_COLLAPSE,
  ),
  fn: async () => {
    await using dinit = new Dinit({
      plain: "type = process\ncommand = /bin/sleep 1000\nlogfile = /dev/null\n",
    });
    dinit.write("writers.sh", "seq 1 3000; echo >complete; exec sleep 1000");
    dinit.write("sd/web", service(dinit.directory, "log-max-size = 1G"));
    dinit.write("sd/boot", "type = internal\nwaits-for = web\nwaits-for = plain\n");
    dinit.start();
    await dinit.until(() => dinit.has("complete"), "the lines");
    const all = await dinit.ctl("logs", "rotate");
    assertEquals(all.code, 0, all.stderr);
    assertRotated("web", all.stdout + all.stderr);
    const again = await dinit.ctl("--json", "logs", "rotate", "web");
    assertEquals(JSON.parse(again.stdout), {
      command: "logs",
      ok: true,
      services: [{ name: "web", result: "too-small" }],
    });
    assertEquals(
      await wholeLog(dinit),
      Array.from({ length: 3000 }, (_, index) => `${index + 1}\n`).join(""),
    );
    for (
      const [words, message] of [
        [["rotate", "plain"], "dinit rotates log files with limits only"],
        [["rotate", "p*"], "dinit rotates log files with limits only"],
        [["rotate", "none"], "service not loaded"],
        [["-f", "rotate"], "takes no options"],
      ] as const
    ) {
      const { code, stderr } = await dinit.ctl("logs", ...words);
      assertEquals(code, 1);
      assertStringIncludes(stderr, message);
    }
  },
});

Deno.test({
  ...needing("a limit that a reload adds takes effect while the service runs", FILE_SYSTEM, CAN_COLLAPSE),
  fn: async () => {
    await using dinit = new Dinit({});
    dinit.write("writers.sh", "seq 1 20000; echo >complete; exec sleep 1000");
    dinit.write("sd/boot", service(dinit.directory));
    dinit.start();
    await dinit.until(() => dinit.has("complete"), "the lines");
    assertEquals(archivesOf(`${dinit.directory}/web.log`), []);
    dinit.write("sd/boot", service(dinit.directory, "log-max-size = 64K"));
    assertEquals((await dinit.ctl("reload", "boot")).code, 0);
    await dinit.until(() => archivesOf(`${dinit.directory}/web.log`).length === 1, "the rotation");
  },
});

Deno.test({
  ...needing(
    "the status of a failed service has its last lines, also if they were just rotated",
    FILE_SYSTEM,
    CAN_COLLAPSE,
  ),
  fn: async () => {
    await using dinit = new Dinit({ boot: "type = internal\nwaits-for = web\nwaits-for = stays\n" });
    dinit.write("sd/stays", "type = internal\n");
    // The last block ends with the line before the last one.
    dinit.write(
      "writers.sh",
      'head -c 8180 /dev/zero | tr "\\0" x; echo; echo no port; echo for me; until [ -e go ]; do sleep 0.05; done; exit 1',
    );
    dinit.write("sd/web", service(dinit.directory, "log-max-size = 1G", "restart = no"));
    dinit.start();
    await dinit.until(() => dinit.read("web.log").endsWith("for me\n"), "the lines");
    await dinit.ctl("logs", "rotate", "web");
    assertEquals(dinit.read("web.log").length < 12, true);
    dinit.write("go", "");
    await dinit.until(() => dinit.lines.some((line) => line.includes("web > for me")), "the reason");
    const { stdout } = await dinit.ctl("status", "--long", "web");
    assertStringIncludes(stdout, "        no port\n        for me\n");
  },
});

Deno.test("a FIFO, a device and a descriptor as log file are never rotated, and their services run", async () => {
  await using dinit = new Dinit({});
  const fifo = `${dinit.directory}/fifo`;
  assertEquals((await outputOf("mkfifo", { args: [fifo] })).code, 0);
  const reader = await Deno.open(fifo, { read: true, write: true });
  const names = [["fifo", fifo], ["device", "/dev/null"], ["descriptor", "/dev/stdout"]];
  for (const [name, path] of names) {
    dinit.write(
      `sd/${name}`,
      `type = process\ncommand = /bin/sh -c "echo out; exec sleep 1000"\nlogfile = ${path}\nlog-max-size = 16K\n`,
    );
  }
  dinit.write("sd/boot", `type = internal\n${names.map(([name]) => `waits-for = ${name}\n`).join("")}`);
  dinit.start();
  for (const [name] of names) await dinit.printed(`[  OK  ] ${name}`);
  for (const [name] of names) {
    const { stderr } = await dinit.ctl("logs", "rotate", name);
    const reason = name === "descriptor" ? "with limits only" : "not a regular file";
    assertStringIncludes(stderr, reason);
  }
  reader.close();
});

Deno.test({
  ...needing("a link as log file is followed, and its target is rotated", FILE_SYSTEM, CAN_COLLAPSE),
  fn: async () => {
    await using dinit = new Dinit({});
    dinit.write("writers.sh", "seq 1 5000; exec sleep 1000");
    Deno.mkdirSync(`${dinit.directory}/real`);
    Deno.symlinkSync("real/target.log", `${dinit.directory}/web.log`);
    dinit.write("sd/boot", service(dinit.directory, "log-max-size = 16K"));
    dinit.start();
    await dinit.until(() => dinit.has("real/target.log.1"), "the rotation");
    assertEquals(Deno.lstatSync(`${dinit.directory}/web.log`).isSymlink, true);
  },
});

Deno.test({
  ...rootOnly(
    "a limit on a file system that cannot keep it refuses the service, and says what can",
    "mounts a tmpfs",
  ),
  fn: async () => {
    await using dinit = new Dinit({});
    Deno.mkdirSync(`${dinit.directory}/mount`);
    dinit.write(
      "sd/web",
      "type = process\ncommand = /bin/sleep 1000\n@meta log-max-age = 1d\n" +
        `logfile = ${dinit.directory}/mount/web.log\n`,
    );
    dinit.write("sd/boot", "type = internal\nwaits-for = web\n");
    const command = dinit.commandLine([]).map((word) => `'${word}'`).join(" ");
    const check = dinitCommand(["check", "-d", `${dinit.directory}/sd`, "web"]).map((word) => `'${word}'`)
      .join(" ");
    const script = `mount -t tmpfs none ${dinit.directory}/mount && ${check}; ${command}`;
    const { stdout, stderr } = await outputOf("unshare", {
      args: ["--mount", "--pid", "--fork", "--mount-proc", "/bin/sh", "-c", script],
    });
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertStringIncludes(said, `'log-max-age': the file system of ${dinit.directory}/mount cannot`);
    assertStringIncludes(said, `warning: the file system of ${dinit.directory}/mount (tmpfs) cannot`);
  },
});

Deno.test({
  ...rootOnly("a full disk delays a rotation, and nothing is lost", "mounts a file system of 6 MB", CAN_MAKE),
  fn: async () => {
    await using dinit = new Dinit({});
    const image = `${dinit.directory}/image`;
    Deno.writeTextFileSync(image, "");
    Deno.truncateSync(image, 6 * 1024 ** 2);
    assertEquals((await outputOf("mkfs.ext4", { args: ["-q", "-F", image] })).code, 0);
    Deno.mkdirSync(`${dinit.directory}/disk`);
    // There is room for the log, and for a copy only without the other file.
    dinit.write(
      "writers.sh",
      "head -c 2M /dev/zero >disk/other; seq 1 220000; echo >complete; exec sleep 1000",
    );
    dinit.write("sd/boot", service(dinit.directory, "log-max-size = 1M").replace("web.log", "disk/web.log"));
    const mounting = `mount -o loop ${image} ${dinit.directory}/disk && exec "$@"`;
    dinit.start({ through: `exec unshare --mount /bin/sh -c '${mounting}' sh "$@"` });
    const log = `${dinit.directory}/disk/web.log`;
    await dinit.until(() => dinit.has("complete"), "the lines");
    await dinit.printed(`dinit: Service boot: cannot rotate ${log}: No space left on device`);
    const disk = `/proc/${dinit.pid}/root${dinit.directory}/disk`;
    const names = () =>
      Array.from(Deno.readDirSync(disk), ({ name }) => name).filter((name) => name !== "lost+found");
    assertEquals(names().sort(), ["other", "web.log"]);
    Deno.removeSync(`${disk}/other`);
    const { stdout, stderr } = await dinit.ctl("logs", "rotate");
    assertRotated("boot", stdout + stderr);
    // A program that has taken over meanwhile does not know that a rotation has failed before.
    if (injected() === undefined) await dinit.printed(`dinit: Service boot: ${log} is rotated again`);
    const text = Deno.readTextFileSync(`${disk}/web.log.1`) + Deno.readTextFileSync(`${disk}/web.log`);
    assertEquals(text, Array.from({ length: 220_000 }, (_, index) => `${index + 1}\n`).join(""));
  },
});
