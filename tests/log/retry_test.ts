/** A temporary error is not final: failed logs recover. */

import { assertEquals } from "@std/assert";
import "../_processes.ts";
import { ConsoleLog, type LineSink, logFile, MainLog, type MainLogTarget } from "../../src/log/mod.ts";
import { PATIENCE, soon, until } from "../_patience.ts";

const ENOSPC = "No space left on device (os error 28)";
/** A disk that may be full, or refuse to open the file. */
class Disk implements MainLogTarget {
  text = "";
  full = false;
  present = true;
  opened = 0;

  prefix(): string {
    return "";
  }

  open(): Promise<LineSink> {
    if (!this.present) {
      return Promise.reject(new Deno.errors.NotFound("No such file or directory (os error 2)"));
    }
    this.opened += 1;
    return Promise.resolve(this);
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.full) return Promise.reject(new Error(ENOSPC));
    this.text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }
}

async function logOn(disk: Disk): Promise<{ main: MainLog; told: string[] }> {
  const main = new MainLog(disk, "info");
  const told: string[] = [];
  main.watch({
    failed: (error) => told.push(error.message),
    recovered: (lost) => {
      told.push(`lost ${lost}`);
      main.log("info", "again");
    },
  });
  await main.open();
  return { main, told };
}

Deno.test("a failed main log recovers automatically, and reports how many lines were lost", async () => {
  const disk = new Disk();
  const { main, told } = await logOn(disk);
  disk.full = true;
  main.log("info", "kept");
  for (let i = 0; i < 5; i++) main.log("info", "x".repeat(1500));
  await until(() => told.length === 1 && disk.opened > 2, "the logs");
  disk.full = false;
  await until(() => disk.text.includes("again\n"), "the logs");
  const [notice, kept, ...others] = disk.text.split("\n");
  assertEquals(notice, "dinit: *** log message discarded due to full buffer ***");
  assertEquals([kept, others.length], ["kept", 4]);
  assertEquals(told, [ENOSPC, "lost 3"]);
});

Deno.test("a main log waits while its file cannot be opened", async () => {
  const disk = new Disk();
  const { main, told } = await logOn(disk);
  disk.full = true;
  disk.present = false;
  main.log("info", "kept");
  await until(() => told.length === 1, "the logs");
  await main.flush(PATIENCE); // one attempt, and not the whole time
  disk.full = false;
  disk.present = true;
  await until(() => disk.text === "kept\nagain\n", "the logs");
  assertEquals(told, [ENOSPC, "lost 0"]);
});

Deno.test("a missing log is opened when it appears", async () => {
  const disk = new Disk();
  disk.present = false;
  const main = new MainLog(disk, "info");
  main.log("info", "early");
  main.keepTrying();
  await main.flush(PATIENCE);
  disk.present = true;
  await until(() => disk.text === "early\n", "the logs");
});

Deno.test("a console that failed briefly shows lines again", async () => {
  const disk = new Disk();
  const told: string[] = [];
  const console = new ConsoleLog(disk, {
    failed: (error) => told.push(error.message),
    recovered: (lost) => told.push(`lost ${lost}`),
  });
  disk.full = true;
  console.write("one");
  await until(() => told.length === 1, "the logs");
  disk.full = false;
  console.write("two");
  await until(() => disk.text === "one\ntwo\n", "the logs");
  assertEquals(told, [ENOSPC, "lost 0"]);
});

Deno.test("waiting for a log that keeps failing ends after one attempt", async () => {
  const disk = new Disk();
  const { main } = await logOn(disk);
  disk.full = true;
  main.log("info", "lost");
  await soon(main.flush(10 * PATIENCE), "the end of the attempt");
  disk.full = false;
  await main.flush(PATIENCE);
});

async function withFile(test: (path: string, main: MainLog) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${directory}/logs`);
    const main = new MainLog(logFile(`${directory}/logs/log`), "info");
    await main.open();
    main.log("info", "one");
    await main.flush(PATIENCE);
    await test(`${directory}/logs`, main);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("a moved or removed log file is created again with the next line", async () => {
  await withFile(async (folder, main) => {
    Deno.renameSync(`${folder}/log`, `${folder}/old`);
    main.log("info", "two");
    await main.flush(PATIENCE);
    assertEquals(Deno.readTextFileSync(`${folder}/old`), "one\n");
    assertEquals(Deno.readTextFileSync(`${folder}/log`), "two\n");
    Deno.removeSync(`${folder}/log`);
    main.log("info", "three");
    await main.flush(PATIENCE);
    assertEquals(Deno.readTextFileSync(`${folder}/log`), "three\n");
  });
});

Deno.test("a log file whose folder was removed is created again with the folder", async () => {
  await withFile(async (folder, main) => {
    Deno.removeSync(folder, { recursive: true });
    main.log("info", "two");
    await main.flush(PATIENCE);
    Deno.mkdirSync(folder);
    main.log("info", "three");
    const text = () => Deno.readTextFileSync(`${folder}/log`);
    await until(() => [...Deno.readDirSync(folder)].length === 1 && text() === "two\nthree\n", "the logs");
  });
});

Deno.test("reopening a log file creates it at once, without a line", async () => {
  await withFile(async (folder, main) => {
    Deno.renameSync(`${folder}/log`, `${folder}/old`);
    main.reopen();
    await main.flush(PATIENCE);
    assertEquals(Deno.readTextFileSync(`${folder}/log`), "");
    main.log("info", "two");
    await main.flush(PATIENCE);
    assertEquals(Deno.readTextFileSync(`${folder}/log`), "two\n");
  });
});
