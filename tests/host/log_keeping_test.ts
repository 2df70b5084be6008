/** Kept logs while the keeper cannot be started, or does not answer. */

import "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { LogKeeping, type LogKeepingContext } from "../../src/host/keeping/log_keeping.ts";
import { NullDevice } from "../../src/host/launch/null_device.ts";
import { OutputPipes } from "../../src/host/output/output_pipes.ts";
import { DEFAULT_DESCRIPTION, Errno, ServiceType } from "../../src/model/mod.ts";
import { NO_STATE_STORE } from "../../src/model/saving.ts";
import {
  BootTime,
  Files,
  openLibrary,
  Poller,
  Processes,
  Sockets,
  Spawner,
  SystemCallError,
} from "../../src/system/mod.ts";
import { OwnDescriptors, ProcessHandles } from "../../src/system/surviving.ts";
import { until } from "../_patience.ts";

/** It starts processes only while that is possible. */
class Starting extends Spawner {
  isPossible = false;

  override spawn(request: Parameters<Spawner["spawn"]>[0]): number {
    if (!this.isPossible) throw new SystemCallError("posix_spawn", Errno.EAGAIN);
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const argv = ["deno", "run", "--allow-all", main, "log-keeper"];
    return super.spawn({ ...request, path: Deno.execPath(), argv });
  }
}

interface Kept {
  readonly keeping: LogKeeping;
  readonly starting: Starting;
  readonly warnings: readonly string[];
  /** The path of the log of the service `web`, whose id is 1. */
  readonly path: string;
  /** Writes a line of the service, as soon as the pipe takes it. */
  write(line: string): Promise<void>;
  /** How many bytes the pipe holds. */
  readonly waiting: number;
}

/** A kept log of a service, without a daemon. */
async function withKeeping(
  options: Pick<LogKeepingContext, "absenceLimit" | "pulsePause" | "endLimit">,
  test: (kept: Kept) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-keeping-" });
  const library = openLibrary();
  const files = new Files(library);
  const poller = new Poller(library);
  const pipes = new OutputPipes(files, NO_STATE_STORE);
  const starting = new Starting(library, 0n);
  const nothing = new NullDevice(files);
  const warnings: string[] = [];
  const keeping = new LogKeeping({
    library,
    files,
    poller,
    pipes,
    nothing,
    spawner: starting,
    processes: new Processes(library),
    handles: new ProcessHandles(library),
    descriptors: new OwnDescriptors(library),
    clock: new BootTime(library, files),
    sockets: new Sockets(library),
    store: NO_STATE_STORE,
    warn: (text) => warnings.push(text),
    ...options,
  });
  try {
    const path = `${folder}/web.log`;
    const description = {
      ...DEFAULT_DESCRIPTION,
      type: ServiceType.PROCESS,
      logType: "kept",
      logFile: path,
      logBufferSize: 1000,
    } as const;
    assert(keeping.described(1, "web", description));
    const writing = pipes.writeEnd("web");
    files.setBlocking(writing, false);
    const encoder = new TextEncoder();
    await test({
      keeping,
      starting,
      warnings,
      path,
      write: async (line) => {
        await until(() => files.write(writing, encoder.encode(line)) !== undefined, "room in the pipe");
      },
      get waiting() {
        return files.waitingIn(writing);
      },
    });
    await keeping.close();
    assertEquals(keeping.keeper, {});
  } finally {
    await keeping.close();
    pipes.producerGone("web", false);
    poller.close();
    nothing.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Five of them without a sign of life, and the keeper is replaced, in milliseconds. */
const PAUSE = 150;

const numbered = (number: number) => `line ${number}\n`.padStart(20, ".");

Deno.test("without a keeper no service has to wait, the last output is held, and the keeper writes it when it is there", async () => {
  await withKeeping({ absenceLimit: 20 }, async (kept) => {
    const { keeping, starting, warnings, path } = kept;
    // Five times as much as the pipe takes.
    for (let number = 1; number <= 16_384; number++) await kept.write(numbered(number));
    await until(() => kept.waiting === 0, "an empty pipe");
    assertEquals(warnings.filter((text) => text.includes("does not run")).length, 1, warnings.join("\n"));
    assertEquals(keeping.keeper, { logKeeperState: "missing" });
    starting.isPossible = true;
    await keeping.caughtUp(1);
    const [lost, ...lines] = Deno.readTextFileSync(path).trimEnd().split("\n");
    const match = /^\(dinit-log: (\d+) bytes of output were lost: the keeper of the log was not there\)$/
      .exec(lost);
    assertEquals(Number(match?.[1]) + 20 * lines.length, 20 * 16_384, lost);
    assertEquals(lines.length, 50);
    assertEquals(`${lines.at(-1)}\n`, numbered(16_384));
    assertEquals(keeping.keeper.logKeeperState, "works");

    await kept.write("the last one\n");
    await keeping.close();
    assert(Deno.readTextFileSync(path).endsWith("the last one\n"));
  });
});

Deno.test("a keeper that is stopped is replaced, no service waits for long, and no line is lost, doubled or cut", async () => {
  await withKeeping({ pulsePause: PAUSE }, async (kept) => {
    const { keeping, starting, warnings, path } = kept;
    starting.isPossible = true;
    await kept.write(numbered(1));
    await keeping.caughtUp(1);
    const { logKeeper: first = 0 } = keeping.keeper;
    Deno.kill(first, "SIGSTOP");
    // Five times as much as the pipe takes.
    for (let number = 2; number <= 16_384; number++) await kept.write(numbered(number));
    await keeping.caughtUp(1);
    assertEquals(
      Deno.readTextFileSync(path),
      Array.from({ length: 16_384 }, (_, index) => numbered(index + 1)).join(""),
    );
    const { logKeeper, silentLogKeepers = 0 } = keeping.keeper;
    assert(logKeeper !== undefined && logKeeper !== first);
    assert(silentLogKeepers > 0); // a busy machine may replace another one
    assertEquals(warnings[0], `The keeper of logs (process ${first}) does not answer; it is replaced`);
  });
});

Deno.test("a question to a keeper that is stopped is answered by the next one, also at the end", async () => {
  await withKeeping({ pulsePause: PAUSE, endLimit: 5 * PAUSE }, async (kept) => {
    const { keeping, starting, path } = kept;
    starting.isPossible = true;
    await keeping.caughtUp(1);
    Deno.kill(keeping.keeper.logKeeper ?? 0, "SIGSTOP"); // 0 is refused
    await keeping.caughtUp(1);
    assert((keeping.keeper.silentLogKeepers ?? 0) > 0);
    await kept.write("first\n");
    Deno.kill(keeping.keeper.logKeeper ?? 0, "SIGSTOP");
    await kept.write("last\n");
    await keeping.close();
    assertEquals(Deno.readTextFileSync(path), "first\nlast\n");
  });
});
