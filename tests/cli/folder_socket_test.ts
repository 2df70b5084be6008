/** `ctl` in the folder of a daemon. */

import { assertEquals } from "@std/assert";
import { folderSocket } from "../../src/cli/shared/folder_socket.ts";
import { FakeIo } from "./_stand_in.ts";

Deno.test("the daemon of the folder is used only if nothing names another, and only by its owner", () => {
  const before = Deno.cwd();
  const folder = Deno.makeTempDirSync({ prefix: "dinit-folder-" });
  try {
    Deno.mkdirSync(`${folder}/run`);
    Deno.chdir(folder);
    const uid = Deno.uid() ?? 0;
    const found = (options = {}, env = {}, user = uid) =>
      folderSocket(options, new FakeIo({ env, uid: user }));
    assertEquals(found(), undefined);
    Deno.writeTextFileSync("run/dinitctl", "no socket");
    assertEquals(found(), undefined);
    Deno.removeSync("run/dinitctl");
    using _listener = Deno.listen({ transport: "unix", path: "run/dinitctl" });
    assertEquals(found(), "run/dinitctl");
    assertEquals(found({ mode: "user" }), "run/dinitctl");
    assertEquals(found({ mode: "system" }), undefined);
    assertEquals(found({ socketPath: "/x" }), undefined);
    assertEquals(found({}, { DINIT_SOCKET_PATH: "" }), undefined);
    assertEquals(found({}, {}, uid + 1), undefined);
    Deno.renameSync("run", "elsewhere");
    Deno.symlinkSync("elsewhere", "run");
    assertEquals(found(), undefined);
  } finally {
    Deno.chdir(before);
    Deno.removeSync(folder, { recursive: true });
  }
});
