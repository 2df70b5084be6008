import { outputOf } from "../_processes.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { findDescription } from "../../src/description/mod.ts";
import { baseName, LoadError } from "../../src/model/mod.ts";
import { general, located, Services } from "./_support.ts";

async function makeFifo(path: string): Promise<void> {
  const { success } = await outputOf("mkfifo", { args: [path] });
  assertEquals(success, true);
}

Deno.test("a description that was found has its place and time", () => {
  using services = new Services({ s: "type = internal\n" });
  Deno.utimeSync(services.path("s"), 1000, 1234.567);
  const found = findDescription("s@arg", [services.directory]);
  assertEquals(found, {
    fullName: "s@arg",
    directory: services.directory,
    file: services.path("s"),
    realDirectory: services.directory,
    modified: { seconds: 1234, nanoseconds: 567_000_000 },
    text: "type = internal\n",
    files: undefined,
  });
  const { name, directory, file, modified } = services.load("s@arg");
  assertEquals({ name, directory, file, modified }, {
    name: "s@arg",
    directory: services.directory,
    file: services.path("s"),
    modified: { seconds: 1234, nanoseconds: 567_000_000 },
  });
});

Deno.test("a service directory is spelled as it is configured", () => {
  using services = new Services({ s: "foo=1\n" });
  const directories = [`${services.directory}//`];
  assertEquals(services.failure("s", { directories }), located("unknown setting: 'foo'.", 1, "<SD>//s"));
});

Deno.test("the first directory that has the description wins", () => {
  using services = new Services({ "a/": "", "b/s": "inittab-id = b\n", "c/s": "inittab-id = c\n" });
  const directories = ["none", "a", "b", "c"].map((name) => services.path(name));
  assertEquals(services.load("s", { directories }).inittabId, "b");
});

Deno.test("a name with slashes is a path, and an absolute path is used unchanged", () => {
  using services = new Services({ "d/s": "inittab-id = d\n" });
  assertEquals(services.load("d/s").inittabId, "d");
  assertEquals(services.load(services.path("d/s"), { directories: ["/nonexistent"] }).inittabId, "d");
});

Deno.test("D-3: a link that leads to itself is reported", () => {
  using services = new Services();
  services.link("s", "t");
  services.link("t", "s");
  assertEquals(services.failure("s"), general("<SD>/s: Too many levels of symbolic links"));
});

Deno.test("a loop of links is skipped if a later directory has the description", () => {
  using services = new Services({ "b/s": "inittab-id = b\n", "a/": "" });
  services.link("a/s", "s");
  const directories = [services.path("a"), services.path("b")];
  assertEquals(services.load("s", { directories }).inittabId, "b");
});

Deno.test("a chain of links is followed, each from its own place", () => {
  using services = new Services({ "x/y/s": "@include i\n", "x/y/i": "inittab-id = y\n" });
  services.link("x/l", "y/s");
  services.link("s", "x/l");
  assertEquals(services.load("s").inittabId, "y");
});

Deno.test("a link whose target ends in a slash leads nowhere", () => {
  using services = new Services({ "d/": "" });
  services.link("s", "d/");
  assertEquals(services.failure("s"), "s: could not find service description.");
});

Deno.test("a FIFO does not block", async () => {
  using services = new Services({ "later/s": "" });
  await makeFifo(services.path("s"));
  const directories = [services.directory, services.path("later")];
  assertEquals(services.failure("s", { directories }), general("<SD>/s: Not a regular file"));
});

Deno.test("FIFOs behind @include and env-file do not block", async () => {
  using services = new Services({ s: "@include-opt fifo\n", t: "env-file = fifo\n" });
  await makeFifo(services.path("fifo"));
  assertEquals(services.failure("s"), general("fifo: Not a regular file"));
  assertEquals(
    services.failure("t"),
    "t: error loading: could not load environment file: Not a regular file",
  );
});

Deno.test("a device other than /dev/null is not read", () => {
  using services = new Services({ t: "@include /dev/null\ninittab-id = t\n" });
  services.link("s", "/dev/zero");
  assertEquals(services.failure("s"), general("<SD>/s: Not a regular file"));
  assertEquals(services.load("t").inittabId, "t");
});

Deno.test("a socket cannot be opened", () => {
  using services = new Services();
  using _listener = Deno.listen({ transport: "unix", path: services.path("s") });
  assertEquals(services.failure("s"), general("<SD>/s: No such device or address"));
});

Deno.test("a name that is too long for the system", () => {
  using services = new Services();
  const name = "x".repeat(300);
  assertEquals(services.failure(name), `${name}: error loading: <SD>/${name}: File name too long`);
});

Deno.test("a name ends at its first NUL where the system sees it", () => {
  using services = new Services({ s: "inittab-id = s\n" });
  assertEquals(services.load("s\0x").inittabId, "s");
});

Deno.test("a name that is not UTF-8 finds no other file", () => {
  using services = new Services({ "a\ufffd": "" });
  assertEquals(
    services.failure("a\udce9"),
    "a\udce9: error loading: <SD>/a\udce9: Invalid or incomplete multibyte or wide character",
  );
});

Deno.test("a file of terabytes is not read", () => {
  using services = new Services({ s: "" });
  Deno.truncateSync(services.path("s"), 2 ** 40);
  assertEquals(services.failure("s"), general("<SD>/s: File too large (the limit is 4 MB)"));
});

Deno.test({
  name: "a directory that the runtime may not read is reported with the grant",
  permissions: { read: false },
  fn() {
    let message = "";
    try {
      findDescription("s", ["/nonexistent", "/nowhere"]);
    } catch (error) {
      if (error instanceof LoadError) message = error.message;
    }
    assertStringIncludes(message, "/nonexistent/s: ");
    assertStringIncludes(message, "--allow-read");
  },
});

Deno.test("errors name a service without its argument", () => {
  using services = new Services({ b: "foo = 1\n" });
  const bad = services.error("b@x");
  const missing = services.error("c@x");
  assertEquals([bad.service, missing.service, missing.kind], [baseName("b@x"), "c", "not-found"]);
});
