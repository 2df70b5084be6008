/** What the console is shown of failures, and how much. */

import { assertEquals } from "@std/assert";
import "../_processes.ts";
import { DEFAULT_DESCRIPTION, type ServiceDescription } from "../../src/model/mod.ts";
import { FailureReports } from "../../src/daemon/failure_reports.ts";
import type { Trouble } from "../../src/daemon/trouble.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";

/** Services with buffers that a test fills, and a clock that it moves. */
class World {
  time = 0;
  readonly shown: string[] = [];
  readonly buffers = new Map<string, string>();
  readonly services = new Map<string, ServiceRecord>();
  readonly reports = new FailureReports({
    host: {
      bufferedLog: ({ name }) => {
        const bytes = Uint8Array.from(this.buffers.get(name) ?? "", (character) => character.charCodeAt(0));
        return { bytes, end: bytes.length };
      },
    },
    now: () => this.time,
    logFile: ({ description: { logFile } }) => logFile === "" ? undefined : logFile,
    showsOutput: true,
    explain: (line) => this.shown.push(line),
  });

  service(name: string, settings: Partial<ServiceDescription> = { logType: "buffer" }): ServiceRecord {
    const known = this.services.get(name);
    if (known !== undefined) return known;
    // The reports read no other fields of a record.
    const service = {
      id: this.services.size + 1,
      name,
      description: { ...DEFAULT_DESCRIPTION, ...settings },
    } as unknown as ServiceRecord;
    this.services.set(name, service);
    return service;
  }

  /** A failure after the process has written. Returns the shown lines. */
  async fail(name: string, output: string, trouble: Trouble = "ended"): Promise<string[]> {
    this.buffers.set(name, (this.buffers.get(name) ?? "") + output);
    this.reports.add({ service: this.service(name), trouble, launched: Date.now() });
    await this.reports.complete();
    return this.shown.splice(0);
  }
}

Deno.test("the last three lines are shown, each clipped, and a repeated line once", async () => {
  const world = new World();
  assertEquals(await world.fail("web", `one\ntwo\nthree\nthree\n\n${"x".repeat(300)}`), [
    "    web > two",
    "    web > three",
    `    web > ${"x".repeat(200)}…`,
  ]);
});

Deno.test("control characters, invisible ones and bytes that are not UTF-8 are made visible", async () => {
  const world = new World();
  assertEquals(await world.fail("web", "\x1b[2Jgone\x07\tx \xff \xe2\x80\xae \xc3\xa9\r\n"), [
    "    web > \\x1b[2Jgone\\x07 x \\xff \\u202e é",
  ]);
});

Deno.test("the colours of a service are not part of its last lines", async () => {
  const world = new World();
  assertEquals(
    await world.fail("web", "\x1b[0m\x1b[1m\x1b[31merror\x1b[0m: no such table\n\x1b[38:5:1m\x1b[m\n"),
    [
      "    web > error: no such table",
    ],
  );
});

Deno.test("the output of an earlier run is not shown as the reason", async () => {
  const world = new World();
  const mark = "(dinit: note: service restarted)\n";
  assertEquals(await world.fail("a", `first run\n${mark}second run\n`), ["    a > second run"]);
  assertEquals(await world.fail("b", `first run\n${mark}second run\n${mark}`), ["    b > second run"]);
});

Deno.test("a service that fails repeatedly is shown once a minute, and when it is given up", async () => {
  const world = new World();
  world.service("web", { logType: "buffer", restartLimitCount: 3, restartLimitInterval: 10_000 });
  let shown = 0;
  for (; world.time < 120_000; world.time += 100) shown += (await world.fail("web", "no\n")).length;
  assertEquals(shown, 2);
  world.reports.add({ service: world.service("web"), trouble: "ended", launched: Date.now() });
  assertEquals(await world.fail("web", "", "restart-limit"), [
    "    web > no",
    "    web: given up after 3 restarts in 10 s",
  ]);
  const { limit, output } = world.reports.of(world.service("web"))!;
  assertEquals([limit, output], [{ restarts: 3, interval: 10_000 }, ["no"]]);
});

Deno.test("when very many services fail at once, some are explained, and a line refers to the others", async () => {
  const world = new World();
  const lines: string[] = [];
  for (let i = 0; i < 1000; i++) lines.push(...await world.fail(`s${i}`, "no\n", "start-failed"));
  assertEquals(lines.length, 21);
  assertEquals(
    lines.at(-1),
    "    More services fail than are explained here: 'dinitctl status SERVICE' tells why.",
  );
  world.time += 10_000;
  assertEquals(await world.fail("later", "no\n"), ["    later > no"]);
  assertEquals(world.reports.of(world.service("s999"))?.output, ["no"]);
});

Deno.test("a service that wrote nothing and has no log file is not explained", async () => {
  const world = new World();
  world.service("quiet", { logType: "none" });
  assertEquals(await world.fail("quiet", "", "start-failed"), []);
});

Deno.test("the log file is named, and output from before the launch is not shown as the reason", async () => {
  const world = new World();
  const logFile = Deno.makeTempFileSync({ prefix: "dinit-log-" });
  try {
    Deno.writeTextFileSync(logFile, "old\n".repeat(30_000) + "why\n");
    world.service("web", { logType: "file", logFile });
    assertEquals(await world.fail("web", ""), [
      "    web > old",
      "    web > why",
      `    web: its log is ${logFile}`,
    ]);
    world.time += 100_000;
    Deno.utimeSync(logFile, 0, 0);
    assertEquals(await world.fail("web", ""), [`    web: its log is ${logFile}`]);
    world.time += 100_000;
    Deno.removeSync(logFile);
    assertEquals(await world.fail("web", ""), [`    web: its log is ${logFile}`]);
  } finally {
    await Deno.remove(logFile).catch(() => {});
  }
});

Deno.test("a report says where the output of a service goes if it is not kept", async () => {
  const world = new World();
  const unkept = async (name: string, settings: Partial<ServiceDescription>, trouble: Trouble = "ended") => {
    const service = world.service(name, settings);
    await world.fail(name, "", trouble);
    return world.reports.of(service)?.unkept;
  };
  assertEquals(await unkept("none", { logType: "none" }), {});
  assertEquals(await unkept("alone", { logType: "pipe" }), {});
  Object.assign(world.service("read", { logType: "pipe" }), { consumer: { name: "read-log" } });
  assertEquals(await unkept("read", {}), { consumer: "read-log" });
  assertEquals(await unkept("buffer", { logType: "buffer" }), undefined);
  assertEquals(await unkept("file", { logType: "file", logFile: "/none" }), undefined);
  assertEquals(await unkept("kept", { logType: "kept", logFile: "/none" }), undefined);
  assertEquals(await unkept("missing", { logType: "none" }, "not-executed"), undefined);
});

Deno.test("a report has the output of a process that ended long before the report could be made", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const log = `${folder}/log`;
    Deno.writeTextFileSync(log, "no port\n");
    const launched = Date.now() - 60_000; // the machine is busy
    Deno.utimeSync(log, new Date(launched), new Date(launched));
    const world = new World();
    const service = world.service("web", { logType: "file", logFile: log });
    world.reports.add({ service, trouble: "ended", launched });
    await world.reports.complete();
    assertEquals(world.reports.of(service)?.output, ["no port"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
