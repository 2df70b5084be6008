/** What `folderSocket` finds in the working folder of this program: one line of JSON. */

import { folderSocket } from "../../src/cli/shared/folder_socket.ts";
import { FakeIo } from "./_stand_in.ts";

const uid = Deno.uid() ?? 0;
const find = (options = {}, env = {}, user = uid) =>
  folderSocket(options, new FakeIo({ env, uid: user })) ?? null;
const found: Record<string, string | null> = {};

Deno.mkdirSync("run");
found["nothing"] = find();
Deno.writeTextFileSync("run/dinitctl", "no socket");
found["a file"] = find();
Deno.removeSync("run/dinitctl");
using _listener = Deno.listen({ transport: "unix", path: "run/dinitctl" });
found["a socket"] = find();
found["for a user"] = find({ mode: "user" });
found["for the system"] = find({ mode: "system" });
found["another socket"] = find({ socketPath: "/x" });
found["a variable"] = find({}, { DINIT_SOCKET_PATH: "" });
found["another user"] = find({}, {}, uid + 1);
Deno.renameSync("run", "elsewhere");
Deno.symlinkSync("elsewhere", "run");
found["a link"] = find();
console.log(JSON.stringify(found));
