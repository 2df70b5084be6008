import { assertEquals } from "@std/assert";
import { type ConsoleLevels, DaemonLog, logFile, MainLog, type Threshold } from "../../src/log/mod.ts";

function consoleLines(levels: ConsoleLevels): string[] {
  const lines: string[] = [];
  const log = new DaemonLog({ write: (line) => lines.push(line) }, levels, undefined);
  for (const level of ["debug", "info", "warn", "error"] as const) log.message(level, level);
  log.started("a");
  log.failed("b", false);
  log.failed("c", true);
  log.stopped("d");
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

Deno.test("a quiet console of level error shows services that failed by themselves", () => {
  assertEquals(consoleLines({ messages: "error", status: "error" }), ["dinit: error", "[FAILED] b"]);
});

async function mainLines(threshold: Threshold): Promise<string[]> {
  const path = Deno.makeTempFileSync();
  const main = new MainLog(logFile(path), threshold);
  await main.open();
  const log = new DaemonLog({ write: () => {} }, { messages: "none", status: "none" }, main);
  log.message("info", "a {placeholder} stays as it is");
  log.message("error", "bad");
  log.started("a");
  log.failed("c", true);
  log.stopped("d");
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
