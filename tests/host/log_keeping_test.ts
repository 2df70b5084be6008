/** Kept logs while the keeper cannot be started. */

import "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { LogKeeping } from "../../src/host/keeping/log_keeping.ts";
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

Deno.test("without a keeper no service has to wait, the last output is held, and the keeper writes it when it is there", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-keeping-" });
  const library = openLibrary();
  const files = new Files(library);
  const poller = new Poller(library);
  const pipes = new OutputPipes(files, NO_STATE_STORE);
  const spawner = new Starting(library, 0n);
  const nothing = new NullDevice(files);
  const warnings: string[] = [];
  const keeping = new LogKeeping({
    library,
    files,
    poller,
    pipes,
    nothing,
    spawner,
    processes: new Processes(library),
    handles: new ProcessHandles(library),
    descriptors: new OwnDescriptors(library),
    clock: new BootTime(library, files),
    sockets: new Sockets(library),
    store: NO_STATE_STORE,
    warn: (text) => warnings.push(text),
    absenceLimit: 20,
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
    const line = (number: number) => `line ${number}\n`.padStart(20, ".");
    const encoder = new TextEncoder();
    // Five times as much as the pipe takes.
    for (let number = 1; number <= 16_384; number++) {
      await until(() => files.write(writing, encoder.encode(line(number))) !== undefined, "room in the pipe");
    }
    await until(() => files.waitingIn(writing) === 0, "an empty pipe");
    assertEquals(warnings.filter((text) => text.includes("does not run")).length, 1, warnings.join("\n"));
    spawner.isPossible = true;
    await keeping.caughtUp(1);
    const [lost, ...kept] = Deno.readTextFileSync(path).trimEnd().split("\n");
    const match = /^\(dinit-log: (\d+) bytes of output were lost: the keeper of the log was not there\)$/
      .exec(lost);
    assertEquals(Number(match?.[1]) + 20 * kept.length, 20 * 16_384, lost);
    assertEquals(kept.length, 50);
    assertEquals(`${kept.at(-1)}\n`, line(16_384));

    files.write(writing, encoder.encode("the last one\n"));
    await keeping.close();
    assert(Deno.readTextFileSync(path).endsWith("the last one\n"));
    assertEquals(keeping.keeper, undefined);
  } finally {
    await keeping.close();
    pipes.producerGone("web", false);
    poller.close();
    nothing.close();
    Deno.removeSync(folder, { recursive: true });
  }
});
