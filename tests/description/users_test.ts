import { assertEquals, assertThrows } from "@std/assert";
import { FileUsers } from "../../src/description/mod.ts";
import { Services } from "./_support.ts";

const PASSWD = "# comment\nroot:x:0:0:root:/root:/bin/sh\n\nann:x:1000:1001:Ann,,,:/home/ann:/bin/bash\n" +
  "broken:x:one:1:::\nann:x:7:7::/other:/bin/sh\nann2:x:1000:5::/two:\nshort:x:9:9\n";

function files(): { services: Services; users: FileUsers } {
  const services = new Services({ passwd: PASSWD, group: "root:x:0:\nstaff:x:50:ann\nbad:x::\n" });
  const users = new FileUsers({ passwd: services.path("passwd"), group: services.path("group") });
  return { services, users };
}

Deno.test("users are found by name and by number, and the first entry counts", () => {
  const { services, users } = files();
  using _ = services;
  const ann = { name: "ann", uid: 1000, gid: 1001, home: "/home/ann", shell: "/bin/bash" };
  assertEquals(users.userByName("ann"), ann);
  assertEquals(users.userById(1000), ann);
  assertEquals(users.userByName("short"), { name: "short", uid: 9, gid: 9, home: "", shell: "" });
});

Deno.test("unknown and broken entries are not found", () => {
  const { services, users } = files();
  using _ = services;
  assertEquals([users.userByName("broken"), users.userByName("# comment"), users.userById(1)], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals([users.groupByName("bad"), users.groupByName("nosuch")], [undefined, undefined]);
});

Deno.test("groups are found by name", () => {
  const { services, users } = files();
  using _ = services;
  assertEquals([users.groupByName("staff"), users.groupByName("root")], [50, 0]);
});

Deno.test("names end at the first NUL", () => {
  const { services, users } = files();
  using _ = services;
  assertEquals([users.userByName("ann\0x")?.uid, users.groupByName("staff\0")], [1000, 50]);
});

Deno.test("changes of the files are noticed", () => {
  const { services, users } = files();
  using _ = services;
  assertEquals(users.userByName("bob"), undefined);
  services.write("passwd", PASSWD + "bob:x:1002:1002::/home/bob:/bin/sh\n");
  assertEquals(users.userByName("bob")?.uid, 1002);
});

Deno.test("a missing database is an error", () => {
  const users = new FileUsers({ passwd: "/nonexistent/passwd", group: "/nonexistent/group" });
  assertThrows(() => users.userByName("root"), Deno.errors.NotFound);
  assertThrows(() => users.groupByName("root"), Deno.errors.NotFound);
});

Deno.test("the machine's own database knows root", () => {
  assertEquals(new FileUsers().userById(0)?.name, "root");
});
