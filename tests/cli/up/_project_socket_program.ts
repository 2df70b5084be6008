/** What `projectSocket` finds in the working folder of this program: one line of JSON. */

import { projectSocket } from "../../../src/client/mod.ts";
import { FakeIo } from "../_stand_in.ts";

/** Root has no instance of a project, so everything belongs to somebody else if the tests run as root. */
const uid = Deno.uid() || 12345;
const own = (path: string) => Deno.uid() === 0 && Deno.chownSync(path, uid, uid);
const find = (options = {}, env = {}, user = uid) =>
  projectSocket(options, new FakeIo({ env, uid: user })) ?? null;
const found: Record<string, string | null> = {};

Deno.mkdirSync(".dinit", { mode: 0o700 });
own(".dinit");
found["nothing"] = find();
Deno.writeTextFileSync(".dinit/socket", "no socket");
own(".dinit/socket");
found["a file"] = find();
Deno.removeSync(".dinit/socket");
using _listener = Deno.listen({ transport: "unix", path: ".dinit/socket" });
own(".dinit/socket");
found["a socket"] = find();
Deno.mkdirSync("a/b", { recursive: true });
Deno.chdir("a/b");
found["below"] = find();
Deno.chdir("../..");
found["root"] = find({}, {}, 0);
found["for a user"] = find({ mode: "user" });
found["another socket"] = find({ socketPath: "/x" });
found["a variable"] = find({}, { DINIT_SOCKET_PATH: "" });
found["another user"] = find({}, {}, uid + 1);
Deno.chmodSync(".dinit", 0o770);
found["a folder that others can write"] = find();
Deno.chmodSync(".dinit", 0o700);
Deno.renameSync(".dinit", "elsewhere");
Deno.symlinkSync("elsewhere", ".dinit");
found["a link"] = find();
console.log(JSON.stringify(found));
