import { assertEquals } from "@std/assert";
import { checkIn, explained, findings, SECONDARY_DONE, Services } from "./_support.ts";

function announced(out: string): string[] {
  return Array.from(out.matchAll(/^Checking service: (.*)\.\.\.$/gm), ([, name]) => name);
}

Deno.test("a run checks the named services and all that they need, order against or consume", async () => {
  using services = new Services({
    s: "type = process\ncommand = /bin/sh\nconsumer-of = p\nbefore = b\nafter = a\nwaits-for = w\ndepends-on = d\n" +
      "depends-ms = m\nprepared-by = q\nwaits-for.d = dir\nchain-to = c\n",
    p: "type = process\ncommand = /bin/sh\nlog-type = pipe\n",
    ...{ b: "", a: "", w: "", d: "depends-on = e\n", e: "", m: "", q: "", "dir/x": "", x: "" },
  });
  const { out, status } = await checkIn(services, ["s"]);
  assertEquals(announced(out), ["s", "w", "d", "m", "q", "x", "a", "b", "p", "e"]);
  assertEquals(status, 0);
});

Deno.test("a repeated name is announced twice, and its findings appear once", async () => {
  using services = new Services({ s: "foo = 1\nwaits-for = t\n", t: "" });
  assertEquals(await checkIn(services, ["s", "t", "s"]), {
    out: "Checking service: s...\nChecking service: t...\nChecking service: s...\n" +
      "Performing secondary checks...\nOne or more errors/warnings issued.\n",
    err: `Service 's' (<SD>/s:1): unknown setting: 'foo'.\n${SECONDARY_DONE}`,
    status: 1,
  });
});

Deno.test("one run reports all problems of a file", async () => {
  const { lines, status } = await findings({
    s: "stop-timeout = x\nwaits-for = t\n",
    t: "stop-timeout = y\nrestart = maybe\n",
  });
  assertEquals(lines, [
    "Service 's' (<SD>/s:1): bad value for stop-timeout",
    "Service 't' (<SD>/t:1): bad value for stop-timeout",
    `Service 't' (<SD>/t:2): restart must be one of: "yes", "true", "no", "false" or "on-failure"`,
  ]);
  assertEquals(status, 1);
});

Deno.test("services that a broken description names are checked only with --explain", async () => {
  const files = { s: "type = process\nwaits-for = t\ncommand = x $1\n", t: "restart = maybe\n" };
  const broken = "Unable to load service 's': missing value in argument substitution";
  assertEquals(await findings(files), { lines: [broken], status: 1 });
  const { lines } = await explained(files);
  assertEquals(lines.filter((line) => !line.startsWith("    ")), [
    broken,
    `Service 't' (<SD>/t:1): restart must be one of: "yes", "true", "no", "false" or "on-failure"`,
  ]);
});

Deno.test("one description serves several arguments, and is read once", async () => {
  using services = new Services({
    s: "depends-on = t@1\ndepends-on = t@2\ndepends-on = t\n",
    t: "chain-to = ${1-none}\n",
  });
  const read: string[] = [];
  const original = Deno.readTextFileSync;
  Deno.readTextFileSync = (path) => {
    read.push(services.shorten(String(path)));
    return original(path);
  };
  try {
    assertEquals((await checkIn(services, ["s"])).status, 0);
  } finally {
    Deno.readTextFileSync = original;
  }
  assertEquals(read, ["<SD>/s", "<SD>/t"]);
});

Deno.test("the check of a service that names ever longer arguments ends", async () => {
  for (const setting of ["depends-on", "before", "after", "consumer-of"]) {
    using services = new Services({
      s: `type = process\ncommand = /bin/sh\nlog-type = pipe\n${setting} = s@1$1\n`,
    });
    const { out } = await checkIn(services, ["s@"]);
    assertEquals(announced(out).length, 33, setting);
  }
});

Deno.test("odd names and files give a message", async () => {
  for (const name of ["", ".", "/", "a/b", "@", "x\0y", "é"]) {
    using services = new Services({ a: "" });
    assertEquals((await checkIn(services, [name])).status, 1, JSON.stringify(name));
  }
});

Deno.test("a chain of a thousand services does not exhaust the stack", async () => {
  const files: Record<string, string> = { boot: "" };
  for (let i = 0; i < 1000; i++) {
    files[`s${i}`] = `after = s${i + 1}\n`;
    files.boot += `waits-for = s${i}\n`;
  }
  using services = new Services({ ...files, s1000: "" });
  const { out, status } = await checkIn(services);
  assertEquals([announced(out).length, status], [1002, 0]);
});
