/** `ctl logs`: selection, history, filters, how lines look, and daemons that know less. */

import { assert, assertEquals } from "@std/assert";
import { LinePrinter, type LogMark } from "../../src/cli/ctl/logs/line_printer.ts";
import { ServiceMarks } from "../../src/cli/ctl/logs/service_marks.ts";
import { momentOf } from "../../src/cli/ctl/logs/moments.ts";
import { timeOfLine } from "../../src/cli/ctl/logs/times.ts";
import type { ClientEvent } from "../../src/client/event_steps.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { encodeBytes } from "../../src/model/mod.ts";
import { ctl, ctlAlone, failure, FakeIo, StandIn, status, success } from "./_stand_in.ts";

/** A daemon with a log file for each service, and `use` with the folder. */
async function withLogs(
  logs: Readonly<Record<string, string>>,
  use: (daemon: StandIn, folder: string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-logs-" });
  try {
    for (const [name, text] of Object.entries(logs)) Deno.writeTextFileSync(`${folder}/${name}`, text);
    const names = Object.keys(logs);
    await using daemon = new StandIn({
      services: Object.fromEntries(names.map((name) => [name, status()])),
      overview: { services: names.map((name) => ({ name, logFile: `${folder}/${name}` })) },
    });
    await use(daemon, folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("ctl logs shows the last lines of each service with its name, and of one service without", async () => {
  await withLogs({ web: "a\nb\nc\n", "a-store": "one\ntwo" }, async (daemon) => {
    assertEquals(
      await ctl(daemon, "logs", "-n", "2"),
      success("web     | b\nweb     | c\na-store | one\na-store | two\n"),
    );
    assertEquals(await ctl(daemon, "logs", "--lines=2", "web"), success("b\nc\n"));
    assertEquals(await ctl(daemon, "logs", "w*"), success("web | a\nweb | b\nweb | c\n"));
    assertEquals(await ctl(daemon, "logs", "-n", "0"), success());
    assertEquals(await ctl(daemon, "logs", "-n", "all", "web"), success("a\nb\nc\n"));
  });
});

Deno.test("ctl logs shows 50 lines, or all of a time", async () => {
  const lines = Array.from(
    { length: 60 },
    (_, index) => `2026-01-15T12:00:${10 + index % 50}Z line ${index}\n`,
  );
  await withLogs({ web: lines.join("") }, async (daemon) => {
    assertEquals((await ctl(daemon, "logs", "web")).out, lines.slice(10).join(""));
    assertEquals((await ctl(daemon, "logs", "web", "--since=2026-01-15")).out, lines.join(""));
  });
});

Deno.test("ctl logs puts lines with times in order, and those of one service one after the other without", async () => {
  const logs = {
    a: "2026-01-15T12:00:01Z a1\n  more of a1\n2026-01-15T12:00:03Z a2\n",
    b: '{"time":"2026-01-15T12:00:02.000Z","text":"b1"}\n',
  };
  await withLogs(logs, async (daemon) => {
    const texts = (await ctl(daemon, "logs")).out.split("\n").map((line) => line.match(/a\d|b\d/g)?.at(-1));
    assertEquals(texts, ["a1", "a1", "b1", "a2", undefined]);
  });
});

Deno.test("ctl logs selects lines by time and by expression, before it counts them", async () => {
  const log =
    "2026-01-15T12:00:01Z GET /a\n2026-01-15T12:00:02Z PUT /b\n at x\n2026-01-15T12:00:03Z GET /c\n";
  await withLogs({ web: log }, async (daemon) => {
    const texts = async (...args: string[]) => {
      const { out, err } = await ctlAlone(["-p", daemon.path, "logs", "web", ...args], {
        now: Date.parse("2026-01-15T12:00:04Z"),
      });
      return err + out.replaceAll(/^2026\S+ /gm, "");
    };
    assertEquals(await texts("--since=2s"), "PUT /b\n at x\nGET /c\n");
    assertEquals(await texts("--until", "2s"), "GET /a\nPUT /b\n at x\n");
    assertEquals(await texts("--grep=^\\S+ GET", "-n", "1"), "GET /c\n");
    assertEquals(await texts("--grep", "nothing"), "");
    assert(
      (await texts("--grep=(")).startsWith("dinitctl: --grep should be followed by a regular expression: "),
    );
    for (const bad of ["x", "25-1", "-1m", ""]) {
      assertEquals(
        (await texts(`--since=${bad}`)).split("\n")[0],
        "dinitctl: --since should be followed by a time such as 10m, 14:30 or 2026-01-31",
      );
    }
  });
});

Deno.test("ctl logs --json writes a document for each line, without loss", async () => {
  await withLogs({ web: "" }, async (daemon, folder) => {
    Deno.writeFileSync(
      `${folder}/web`,
      new Uint8Array([...encodeBytes("2026-01-15T12:00:01Z a\nb"), 0xff, 0, 10]),
    );
    assertEquals(
      await ctl(daemon, "logs", "--json"),
      success(
        '{"service":"web","time":"2026-01-15T12:00:01.000Z","text":"2026-01-15T12:00:01Z a"}\n' +
          '{"service":"web","time":"2026-01-15T12:00:01.000Z","text":"b\\udcff\\u0000"}\n',
      ),
    );
  });
});

Deno.test("ctl logs names a service that is not loaded, has no log, or has a log that cannot be read", async () => {
  await withLogs({ web: "" }, async (daemon, folder) => {
    assertEquals(await ctl(daemon, "logs", "other"), failure("dinitctl: service not loaded.\n"));
    assertEquals(await ctl(daemon, "logs", "x*"), failure("dinitctl: service not loaded.\n"));
    Deno.removeSync(`${folder}/web`);
    assertEquals(await ctl(daemon, "logs", "web"), success());
    Deno.symlinkSync("web", `${folder}/web`);
    assertEquals(
      await ctl(daemon, "logs", "web"),
      failure(`dinitctl: cannot read log file ${folder}/web: Too many levels of symbolic links\n`),
    );
  });
  await using daemon = new StandIn({
    services: { web: status() },
    overview: { services: [{ name: "web" }] },
  });
  assertEquals(await ctl(daemon, "logs", "web"), failure("dinitctl: service 'web' keeps no log\n"));
  assertEquals(await ctl(daemon, "logs"), success());
});

Deno.test("ctl logs shows the other logs if one cannot be shown, and fails", async () => {
  await withLogs({ web: "a\n", bad: "" }, async (daemon, folder) => {
    Deno.removeSync(`${folder}/bad`);
    Deno.mkdirSync(`${folder}/bad`);
    const text = `dinitctl: log ${folder}/bad is not a regular file and cannot be shown\n`;
    assertEquals(await ctl(daemon, "logs"), failure(text, "web | a\n"));
    assertEquals(await ctl(daemon, "logs", "bad"), failure(text));
  });
});

Deno.test("ctl logs shows the buffers of a daemon without extensions, and says what that daemon cannot do", async () => {
  const log = (text: string) => [{ type: Reply.SERVICE_LOG, log: encodeBytes(text) }] as const;
  await using daemon = new StandIn({
    services: { web: status(), other: status() },
    on: {
      [Request.CATLOG]: (request) =>
        "handle" in request && request.handle === 0 ? log("a\nb\n") : [{ type: Reply.NAK }],
    },
  });
  assertEquals(await ctl(daemon, "logs", "-n", "1"), success("web | b\n"));
  assertEquals(
    await ctl(daemon, "logs", "other"),
    failure("dinitctl: service 'other' has no buffer, and this daemon does not tell where its log file is\n"),
  );
  assertEquals(
    await ctl(daemon, "logs", "-f"),
    failure(
      "dinitctl: this daemon cannot tell what is new; without --follow, logs shows the logs that it has\n",
    ),
  );
});

Deno.test("-f means --follow behind logs, and --force elsewhere", async () => {
  await using daemon = new StandIn({ services: { web: status() } });
  assert((await ctl(daemon, "logs", "-f")).err.includes("--follow"));
  assert((await ctl(daemon, "-f", "logs")).err.includes("Invalid command line"));
  assert((await ctl(daemon, "catlog", "-f", "web")).err.includes("Invalid command line"));
});

Deno.test("on a terminal the names have colours and the same width, and long lines continue below", () => {
  const io = new FakeIo();
  const printer = new LinePrinter(io, {
    json: false,
    named: true,
    style: { columns: 30, symbols: true, colour: true },
  });
  for (const service of ["web", "worker"]) printer.expect(service);
  printer.line({ service: "web", text: "0123456789012345678901234567890123456789" });
  printer.line({ service: "worker", text: "\x1b[31mred\x1b[0m \x1b[2Jcleared \x07\t日本\r" });
  printer.mark({ service: "web", event: "restarted", detail: "exit 1" });
  assertEquals(io.output.split("\n"), [
    "\x1b[36mweb    │\x1b[0m 012345678901234567890",
    "\x1b[36mweb    │\x1b[0m 1234567890123456789",
    "\x1b[33mworker │\x1b[0m \x1b[31mred\x1b[0m ?[2Jcleared ?    ",
    "\x1b[33mworker │\x1b[0m 日本\x1b[0m",
    "\x1b[1m── web restarted (exit 1) ──\x1b[0m",
    "",
  ]);
});

Deno.test("a pipe and a wide terminal show the whole name in front of each line", () => {
  const service = "a-service-with-a-very-long-name-indeed";
  for (
    const [columns, shown] of [[undefined, service], [200, service], [
      80,
      "a-service-with-a-very-l…",
    ]] as const
  ) {
    const io = new FakeIo();
    const printer = new LinePrinter(io, { json: false, named: true, style: { columns } });
    printer.expect(service);
    printer.line({ service, text: "hello" });
    assertEquals(io.output, `${shown} | hello\n`);
  }
});

Deno.test("an end and the next launch are one restart, and an end alone is shown after a second", () => {
  const marks: LogMark[] = [];
  const service = new ServiceMarks((mark) => marks.push(mark) > 0);
  const fact = (name: string, document: Readonly<Record<string, unknown>>): ClientEvent => ({
    kind: "fact",
    seq: 1,
    service: "web",
    fact: name,
    at: new Date(0),
    document,
  });
  const stopped: ClientEvent = {
    kind: "service",
    seq: 1,
    service: "web",
    event: "stopped",
    exit: { how: "signalled", status: 9 },
  };
  service.take(fact("phase", { to: "launching" }), 0);
  service.take(fact("process-ended", { exit: { kind: "exited", code: 1 } }), 10);
  service.settle(500);
  service.take(fact("phase", { to: "launching" }), 600);
  service.take(stopped, 700);
  service.settle(1699);
  assertEquals(marks.splice(0), [
    { service: "web", event: "started" },
    { service: "web", event: "restarted", detail: "exit 1" },
  ]);
  service.settle(1700);
  assertEquals(marks, [{ service: "web", event: "stopped", detail: "signal SIGKILL" }]);
});

Deno.test("a time on the command line is a duration before now, a time of the day, or a date", () => {
  const now = new Date(2026, 0, 15, 12, 0, 0).getTime();
  const time = (text: string) => new Date(momentOf(text, "--since", now));
  assertEquals(time("10m").getTime(), now - 600_000);
  assertEquals(time("1.5h").getTime(), now - 5_400_000);
  assertEquals(time("11:59"), new Date(2026, 0, 15, 11, 59));
  assertEquals(time("12:00:01"), new Date(2026, 0, 14, 12, 0, 1));
  assertEquals(time("2026-01-10"), new Date(2026, 0, 10));
  assertEquals(time("2026-01-10 14:30"), new Date(2026, 0, 10, 14, 30));
  assertEquals(time("2026-01-10T14:30:00Z"), new Date("2026-01-10T14:30:00Z"));
});

Deno.test("the time of a line stands at its beginning, in usual forms", () => {
  const expected = Date.parse("2026-01-15T12:00:01.500Z");
  for (
    const line of [
      "2026-01-15T12:00:01.500Z x",
      "[2026-01-15T12:00:01,500Z] x",
      "2026-01-15T13:00:01.5+01:00 x",
      '{"time":"2026-01-15T12:00:01.500Z","text":"x"}',
    ]
  ) assertEquals(timeOfLine(line), expected, line);
  for (const line of ["", "x", " 2026-01-15T12:00:01Z", "2026-99-99T12:00:01Z", '{"text":"x"}']) {
    assertEquals(timeOfLine(line), undefined, line);
  }
});
