/** The main log as the daemon opens it, and what is said when a log fails. */

import { assertEquals } from "@std/assert";
import { createMainLog, openMainLog, watchLogs } from "../../src/daemon/opening_log.ts";
import { type LineSink, MainLog, type MainLogTarget } from "../../src/log/mod.ts";
import { PATIENCE, until } from "../_patience.ts";
import { Scene } from "./_scene.ts";

Deno.test("a log file takes what was logged before it was open, from its level on", async () => {
  using scene = new Scene();
  const logFile = `${scene.folder}/log`;
  const main = createMainLog({ logFile, logLevel: "warn" });
  main.log("info", "not this");
  main.log("warn", "early");
  assertEquals(await openMainLog(main, { logFile }, scene.log), true);
  main.log("error", "late");
  await main.flush(PATIENCE);
  assertEquals(Deno.readTextFileSync(logFile), "early\nlate\n");
  assertEquals(scene.log.lines, []);
});

Deno.test("a log file that cannot be opened is told", async () => {
  using scene = new Scene();
  const logFile = `${scene.folder}/none/log`;
  const main = createMainLog({ logFile, logLevel: "info" });
  assertEquals(await openMainLog(main, { logFile }, scene.log), false);
  assertEquals(scene.log.lines, ["error Opening log file failed: No such file or directory"]);
});

/** A disk that is full at first. */
class FullDisk implements MainLogTarget, LineSink {
  full = true;

  prefix(): string {
    return "";
  }

  open(): Promise<LineSink> {
    return Promise.resolve(this);
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.full) return Promise.reject(new Error("No space left on device (os error 28)"));
    return Promise.resolve(bytes.length);
  }
}

Deno.test("a log file that fails and works again is told on the console", async () => {
  using scene = new Scene();
  const disk = new FullDisk();
  const main = new MainLog(disk, "info");
  watchLogs(main, "/var/log/dinit", () => scene.log.asDaemonLog);
  await main.open();
  main.log("info", "line");
  await until(() => scene.log.lines.length > 0, "the failure");
  disk.full = false;
  await until(() => scene.log.lines.length > 1, "the recovery");
  assertEquals(scene.log.lines, [
    "console: error Writing /var/log/dinit failed: No space left on device; trying again",
    "console: warn The main log works again; no lines were lost",
  ]);
});

Deno.test("a console that fails is told in the main log, and in both when it works again", () => {
  using scene = new Scene();
  const main = new MainLog(new FullDisk(), "info");
  const { failed, recovered } = watchLogs(main, undefined, () => scene.log.asDaemonLog);
  failed!(new Error("Input/output error (os error 5)"));
  recovered!(1);
  recovered!(2);
  assertEquals(scene.log.lines, [
    "main log: error Writing to the console failed: Input/output error; trying again",
    "warn The console works again; 1 line was lost",
    "warn The console works again; 2 lines were lost",
  ]);
});
