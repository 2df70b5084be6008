import { assertEquals, assertThrows } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { errnoOf } from "../../src/model/mod.ts";
import { Files, openLibrary } from "../../src/system/mod.ts";

const files = new Files(openLibrary());

Deno.test("the status of a file is that of the runtime, with nanoseconds", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const path = `${directory}/file`;
    Deno.writeTextFileSync(path, "12345");
    Deno.utimeSync(path, 1_700_000_000, 1_700_000_000.25);
    Deno.symlinkSync("file", `${directory}/link`);
    await outputOf("mkfifo", { args: [`${directory}/fifo`] });
    using _socket = Deno.listen({ transport: "unix", path: `${directory}/socket` });
    assertEquals(files.statusOf(path), {
      kind: "file",
      size: 5,
      modified: { seconds: 1_700_000_000, nanoseconds: 250_000_000 },
    });
    const kinds = ["link", "fifo", "socket", "."].map((name) => files.statusOf(`${directory}/${name}`).kind);
    assertEquals(kinds, ["link", "other", "socket", "directory"]);
    assertEquals(["/dev/null", "/dev/zero"].map((path) => files.statusOf(path).kind), [
      "null device",
      "other",
    ]);

    Deno.writeTextFileSync(path, "now");
    const { seconds, nanoseconds } = files.statusOf(path).modified;
    const milliseconds = Math.floor(seconds * 1000 + nanoseconds / 1e6);
    assertEquals(milliseconds, Deno.statSync(path).mtime?.getTime());
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a missing file gives the system's error number", () => {
  const error = assertThrows(() => files.statusOf("/no/such/file"));
  assertEquals(errnoOf(error), 2);
});
