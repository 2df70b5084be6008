import { assertEquals } from "@std/assert";
import "../_processes.ts";
import type { Fact, OutcomeFact } from "../../src/engine/mod.ts";
import { exitedWith, LaunchStage, LoadError, StopReason } from "../../src/model/mod.ts";
import { type ConsoleLevels, DaemonLog, logFile, MainLog, type Threshold } from "../../src/log/mod.ts";

function outcome(kind: OutcomeFact["kind"], service: string, viaDependency = false): Fact {
  const rest = { reason: StopReason.TERMINATED, pid: undefined, exit: exitedWith(3), startFailed: false };
  return { kind, service, id: 1, at: 1_600_000_000_000, time: 5, viaDependency, ...rest };
}

function consoleLines(levels: ConsoleLevels): string[] {
  const lines: string[] = [];
  const log = new DaemonLog({ write: (line) => lines.push(line) }, levels, undefined);
  for (const level of ["debug", "info", "warn", "error"] as const) log.message(level, level);
  log.fact(outcome("started", "a"));
  log.fact(outcome("failed", "b"));
  log.fact(outcome("failed", "c", true));
  log.fact(outcome("stopped", "d"));
  return lines;
}

const STATUS = ["[  OK  ] a", "[FAILED] b", "[FAILED] c", "[STOPPD] d"];

Deno.test("the console shows warnings, errors and the status of services", () => {
  assertEquals(consoleLines({ messages: "warn", status: "debug" }), [
    "dinit: warn",
    "dinit: error",
    ...STATUS,
  ]);
});

Deno.test("a quiet console shows nothing", () => {
  assertEquals(consoleLines({ messages: "none", status: "none" }), []);
});

Deno.test("a quiet console of level error shows services that failed on their own", () => {
  assertEquals(consoleLines({ messages: "error", status: "error" }), ["dinit: error", "[FAILED] b"]);
});

async function mainLines(threshold: Threshold): Promise<string[]> {
  const path = Deno.makeTempFileSync();
  const main = new MainLog(logFile(path), threshold);
  await main.open();
  const log = new DaemonLog({ write: () => {} }, { messages: "none", status: "none" }, main);
  log.message("info", "a {placeholder} stays as it is");
  log.message("error", "bad");
  log.fact(outcome("started", "a"));
  log.fact(outcome("failed", "c", true));
  log.fact(outcome("stopped", "d"));
  await main.flush(1000);
  const text = Deno.readTextFileSync(path);
  Deno.removeSync(path);
  return text.split("\n").slice(0, -1);
}

Deno.test("the main log has sentences", async () => {
  assertEquals(await mainLines("info"), [
    "dinit: a {placeholder} stays as it is",
    "dinit: bad",
    "dinit: service a started.",
    "dinit: service c failed to start.",
    "dinit: service d stopped.",
  ]);
});

Deno.test("the main log keeps to its level", async () => {
  assertEquals(await mainLines("error"), ["dinit: bad", "dinit: service c failed to start."]);
});

/** The main log in JSON. */
function jsonLines(facts: readonly Fact[]): unknown[] {
  const lines: { level: string; line: unknown }[] = [];
  const main = { log: (level: string, line: string) => lines.push({ level, line: JSON.parse(line) }) };
  const log = new DaemonLog({ write: () => {} }, { messages: "none", status: "none" }, main, {
    format: "json",
  });
  for (const fact of facts) log.fact(fact);
  return lines;
}

Deno.test("as JSON the main log has every fact, with names instead of numbers", () => {
  const head = { at: 1_600_000_000_000, time: 5, service: "a", id: 1 };
  const written = { ...head, at: "2020-09-13T12:26:40.000Z" };
  const error = new LoadError("not-found", "service description not found.", {
    service: "b",
    code: "not-found",
  });
  assertEquals(
    jsonLines([
      outcome("stopped", "a"),
      { ...head, kind: "phase", from: "up", to: "recovering", state: 2 },
      { ...head, kind: "chain-failed", to: "b", error },
      {
        ...head,
        kind: "launch-failed",
        stage: LaunchStage.CHANGE_DIRECTORY,
        errno: 2,
        error: "no such folder",
      },
    ]),
    [
      {
        level: "info",
        line: {
          ...written,
          level: "info",
          kind: "stopped",
          reason: "TERMINATED",
          exit: { kind: "exited", code: 3 },
          startFailed: false,
          viaDependency: false,
          text: "service a stopped.",
        },
      },
      {
        level: "info",
        line: { ...written, level: "info", kind: "phase", from: "up", to: "recovering", state: "STARTED" },
      },
      {
        level: "error",
        line: {
          ...written,
          level: "error",
          kind: "chain-failed",
          to: "b",
          error: {
            kind: "not-found",
            service: "b",
            code: "not-found",
            message: "service description not found.",
          },
          text: "Couldn't chain to service b: couldn't load b: service description not found.",
        },
      },
      {
        level: "error",
        line: {
          ...written,
          level: "error",
          kind: "launch-failed",
          stage: LaunchStage.CHANGE_DIRECTORY,
          errno: 2,
          error: "no such folder",
          text: "a: no such folder",
        },
      },
    ],
  );
});

Deno.test("the full path of an unusable file has its own line, and a field in JSON", () => {
  const error = new LoadError("description", "could not load environment file", {
    service: "a",
    path: "/srv/none",
  });
  const fact: Fact = { kind: "load-failed", error, occasion: "request", at: 1_600_000_000_000, time: 5 };
  const lines: string[] = [];
  const main = { log: (level: string, line: string) => lines.push(`${level} ${line}`) };
  new DaemonLog({ write: () => {} }, { messages: "none", status: "none" }, main).fact(fact);
  assertEquals(lines.slice(1), ["error dinit: a: the file is /srv/none"]);
  const [json] = jsonLines([fact]) as { line: { error: { path: string } } }[];
  assertEquals([jsonLines([fact]).length, json.line.error.path], [1, "/srv/none"]);
});
