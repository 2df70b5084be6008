/** `ctl` in the folder of a daemon. */

import { assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";

Deno.test("the daemon of the folder is used only if nothing names another, and only by its owner", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-folder-" });
  try {
    // A separate program: the working folder of this one belongs to all tests.
    const program = new URL("_folder_socket_program.ts", import.meta.url).pathname;
    const args = ["run", "--no-check", "--allow-all", decodeURIComponent(program)];
    const { stdout, stderr } = await outputOf(Deno.execPath(), { args, cwd: folder });
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
      "nothing": null,
      "a file": null,
      "a socket": "run/dinitctl",
      "for a user": "run/dinitctl",
      "for the system": null,
      "another socket": null,
      "a variable": null,
      "another user": null,
      "a link": null,
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
