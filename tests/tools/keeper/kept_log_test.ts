/** A kept log from its pipe to its file, with this process as the daemon. */

import "../../_processes.ts";
import { assertEquals } from "@std/assert";
import type { KeptLogOrder } from "../../../src/host/keeping/orders.ts";
import { Files, O, openLibrary, Poller } from "../../../src/system/mod.ts";
import { Stage } from "../../../src/system/keeping.ts";
import { KeptLog } from "../../../src/tools/keeper/kept_log.ts";
import { until } from "../../_patience.ts";
import { ORDER } from "./_staged.ts";

/** A folder, and the pipe of a service. */
class Service implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-kept-" });
  readonly reports: string[] = [];
  readonly library = openLibrary();
  readonly files = new Files(this.library);
  readonly #poller = new Poller(this.library);
  readonly #pipe = this.files.pipe();
  readonly #stage = Stage.create(this.library);
  readonly #log: KeptLog;
  #closed: Promise<void> | undefined;

  constructor(path: (folder: string) => string, options: Partial<KeptLogOrder> = {}) {
    const { read } = this.#pipe;
    const order = {
      ...ORDER,
      ...options,
      path: path(this.folder),
      pipe: { fd: read, inode: this.files.inodeOf(read, "pipe")! },
      stage: { fd: this.#stage.fd, inode: this.files.inodeOf(this.#stage.fd, "file")! },
    };
    this.#log = new KeptLog(order, Deno.pid, {
      library: this.library,
      files: this.files,
      poller: this.#poller,
      report: (text) => this.reports.push(text),
      ended: () => {},
    });
  }

  write(text: string): void {
    this.files.write(this.#pipe.write, new TextEncoder().encode(text));
  }

  /** Waits until a file has this content. */
  async has(path: string, text: string): Promise<void> {
    await until(
      () => this.read(path) === text,
      () => `${JSON.stringify(text)}, not ${JSON.stringify(this.read(path))}`,
    );
  }

  read(path: string): string | undefined {
    try {
      return Deno.readTextFileSync(`${this.folder}/${path}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw error;
    }
  }

  /** Closes the log, once: a second time its descriptors might belong to another test. */
  close(): Promise<void> {
    return this.#closed ??= this.#log.close({ ended: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.#poller.close();
    this.#stage.close();
    for (const fd of [this.#pipe.read, this.#pipe.write]) this.files.close(fd);
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("a folder that is removed or replaced, and a file that is removed, get the next lines", async () => {
  await using service = new Service((folder) => `${folder}/log/web`);
  service.write("1\n");
  await service.has("log/web", "1\n");
  Deno.removeSync(`${service.folder}/log`, { recursive: true });
  await until(
    () => {
      service.write("2\n"); // the path is looked at twice a second
      return service.read("log/web") !== undefined;
    },
    "the folder",
    50,
  );
  Deno.renameSync(`${service.folder}/log`, `${service.folder}/old`);
  Deno.mkdirSync(`${service.folder}/log`);
  await until(
    () => {
      service.write("3\n");
      return service.read("log/web")?.includes("3\n");
    },
    "the replaced folder",
    50,
  );
  Deno.removeSync(`${service.folder}/log/web`);
  await until(
    () => {
      service.write("4\n");
      return service.read("log/web")?.includes("4\n");
    },
    "the removed file",
    50,
  );
  assertEquals(service.reports, []);
});

Deno.test("output is held until the folder of the log exists, and no line is lost", async () => {
  await using service = new Service((folder) => `${folder}/a/b/web`);
  const lines = Array.from({ length: 1000 }, (_, index) => `${index}\n`).join("");
  service.write(lines);
  await until(() => service.reports.length === 1, "the report");
  Deno.mkdirSync(`${service.folder}/a/b`, { recursive: true });
  await service.has("a/b/web", lines);
  const path = `${service.folder}/a/b/web`;
  assertEquals(service.reports[1], `${path} is written again`);
});

Deno.test("a link is followed, and its target is rotated", async () => {
  await using service = new Service((folder) => {
    Deno.symlinkSync("target", `${folder}/web`);
    return `${folder}/web`;
  }, { maxSize: 10 });
  service.write("12345678\n");
  await service.has("target", "12345678\n");
  service.write("next\n");
  await service.has("target", "next\n");
  assertEquals(service.read("target.1"), "12345678\n");
  assertEquals(Deno.lstatSync(`${service.folder}/web`).isSymlink, true);
});

Deno.test("a device gets the lines, and is never rotated", async () => {
  await using service = new Service(() => "/dev/null", { maxSize: 10 });
  for (let index = 0; index < 10; index++) service.write("12345678\n");
  await service.close();
  assertEquals(service.reports, []);
  assertEquals(Deno.lstatSync("/dev/null").isCharDevice, true);
});

Deno.test("a FIFO whose reader is slow gets all lines, with their stamps", async () => {
  const lines = 5_000; // more than it holds
  await using service = new Service((folder) => {
    new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).outputSync();
    return `${folder}/fifo`;
  }, { format: "json", maxSize: 10 });
  const reader = service.files.open(`${service.folder}/fifo`, O.RDONLY | O.NONBLOCK);
  try {
    const text = Array.from({ length: lines }, (_, index) => `line ${index}\n`);
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(1000);
    let got = "";
    let written = 0;
    await until(
      () => {
        for (let count = 0; count < 50 && written < lines; count++) service.write(text[written++]);
        for (let count = 0; count < 5; count++) {
          got += decoder.decode(buffer.subarray(0, service.files.read(reader, buffer) ?? 0), {
            stream: true,
          });
        }
        return got.split("\n").length > lines;
      },
      () => `all lines; ${got.split("\n").length} have come`,
      0,
    );
    assertEquals(
      got.trimEnd().split("\n").map((line) => `${JSON.parse(line).text}\n`).join(""),
      text.join(""),
    );
  } finally {
    service.files.close(reader);
  }
});
