/** Forms of input that people write, beyond the simple ones: each directive has its class, and nothing is misread. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Import } from "./_import.ts";

/** The command of a unit with an argument. */
async function commandOf(argument: string): Promise<string> {
  using one = new Import({ "a-b.service": `[Service]\nExecStart=/bin/x ${argument}\n` });
  await one.run("a-b.service");
  const line = one.lines("a-b").find((text) => text.startsWith("command")) ?? "";
  return line.replace(/^command = (\/bin\/x )?/, "").replaceAll(one.folder, "<F>");
}

Deno.test("systemd: each specifier is replaced, or needs a decision, or is no specifier and stays", async () => {
  const known: Readonly<Record<string, string>> = {
    C: "/var/cache",
    D: "/usr/share",
    E: "/etc",
    G: "0",
    J: "b",
    L: "/var/log",
    N: "a-b",
    P: "a/b",
    S: "/var/lib",
    T: "/tmp",
    U: "0",
    V: "/var/tmp",
    Y: "<F>",
    f: "/a/b",
    g: "root",
    h: "/root",
    j: "b",
    n: "a-b.service",
    p: "a-b",
    s: "/bin/sh",
    t: "/run",
    u: "root",
    y: "<F>/a-b.service",
    "%": "%",
  };
  for (const [letter, value] of Object.entries(known)) {
    assertEquals(await commandOf(`x%${letter}`), `x${value}`);
  }
  for (const letter of ["a", "A", "b", "B", "d", "H", "l", "m", "M", "o", "q", "v", "w", "W"]) {
    assertEquals(await commandOf(`x%${letter}`), "/bin/false", letter);
  }
  for (const text of ["50%", "%z", "%é", "a%,b"]) assertEquals(await commandOf(text), text);
});

Deno.test("systemd: an empty bounding set is no reset but a set without capabilities", async () => {
  using one = new Import({
    "a.service": "[Service]\nExecStart=/bin/x\nCapabilityBoundingSet=\n",
    "b.service": "[Service]\nExecStart=/bin/x\nCapabilityBoundingSet=\nCapabilityBoundingSet=~CAP_KILL\n",
  });
  const { files } = await one.account(".");
  assertEquals(files.map(({ directives }) => directives[1].class), ["decision", "carried"]);
});

Deno.test("compose: variables may stand in the words of others, and unfinished ones stay", async () => {
  for (
    const [text, value] of [
      ["${A:-${B:-c}}", "c"],
      ["${A:-${SET}/x}", "yes/x"],
      ["${SET:+a${SET}b}", "ayesb"],
      ["${EMPTY-x}|${EMPTY:-y}", "|y"],
      ["${A-}|$${SET}|$$|$SET|$1|${", "|${SET}|$|yes|$1|${"],
      ["${A:-a:b-c}", "a:b-c"],
    ]
  ) {
    using one = new Import({
      "compose.yaml": `services: {web: {command: [/bin/x], environment: {V: '${text}'}}}\n`,
      ".env": "SET=yes\nEMPTY=\n",
    });
    await one.run("compose.yaml");
    assertEquals(one.read("web.env"), `V=${value}\n`, text);
  }
});

Deno.test("compose: a service has the fields of the one that it extends, and its own count", async () => {
  using one = new Import({
    "compose.yaml": `services:
  base: {command: [/bin/base], environment: [A=1, B=2], restart: always, depends_on: [db], profiles: [never]}
  middle: {extends: {service: base}, environment: {B: "3"}}
  web: {extends: middle, command: [/bin/web], depends_on: [cache]}
  loop: {extends: loop, command: [/bin/loop]}
  far: {extends: {file: other.yaml, service: far}, command: [/bin/far]}
  db: {command: [/bin/db]}
  cache: {command: [/bin/cache]}
`,
  });
  const directives = await one.directives("compose.yaml");
  const web = one.lines("web");
  for (const line of ["command = /bin/web", "restart = yes", "depends-ms = db", "depends-ms = cache"]) {
    assert(web.includes(line), `${line}\n${web.join("\n")}`);
  }
  assertEquals([one.read("web.env"), one.read("middle.env")], ["A=1\nB=3\n", "A=1\nB=3\n"]);
  assertEquals(directives.get("services.web.extends")?.class, "changed");
  assertEquals(directives.get("services.loop.extends")?.class, "decision");
  assertEquals(directives.get("services.far.extends")?.class, "decision");
  assert(
    one.written().includes("web") && one.lines(`${one.folder.split("/").at(-1)}`).includes("waits-for = web"),
  );
  assertEquals(await one.mistakes(), []);
});

Deno.test("compose: a file of variables that is not required may be missing", async () => {
  using one = new Import({
    "compose.yaml":
      "services: {web: {command: [/bin/x], env_file: [{path: ./have.env}, {path: none.env, required: false}]}}\n",
    "have.env": "A=1\n",
  });
  const directives = await one.directives("compose.yaml");
  assertEquals(directives.get("services.web.env_file")?.class, "changed");
  assertEquals(one.read("web.env"), "A=1\n");
});

Deno.test("supervisor: variables of all programs, and those that no file can hold", async () => {
  using one = new Import({
    "supervisord.conf": '[supervisord]\nenvironment=ALL="1",A=no\n[program:web]\ncommand=/bin/web\n' +
      "environment=A=\"x,%(program_name)s\",B=%(ENV_USER)s,C='c d'\n",
  });
  const directives = await one.directives("supervisord.conf");
  assertEquals(one.read("web.env").split("\n").slice(2), ["ALL=1", "A=x,web", "C=c d", ""]);
  assertEquals(directives.get("environment")?.class, "decision");
  assertStringIncludes(
    directives.get("environment")?.note ?? "",
    "a file of variables cannot hold the value of B",
  );
});

Deno.test("pm2: a file may count the processors, and a line of shell runs as it is", async () => {
  using one = new Import({
    "ecosystem.config.cjs":
      'const os = require("os"); module.exports = { apps: [{ name: "a", script: "echo hi && sleep 3", shell: true },' +
      '{ name: "b", script: "b.js --x", instances: os.cpus().length > 0 ? 1 : 0 }] };',
    "ecosystem.fs.js": 'require("fs"); module.exports = { apps: [] };',
  });
  await one.run("ecosystem.config.cjs");
  assert(one.lines("a").includes('command = /bin/sh -c "echo hi && sleep 3"'), one.read("a"));
  assert(one.lines("b").includes('command = /bin/sh -c "exec b.js --x"'), one.read("b"));
  const { err, status } = await one.run("ecosystem.fs.js", "--force");
  assertEquals(status, 1);
  assertStringIncludes(err, "the file requires fs, which it cannot here; convert it to JSON");
});

Deno.test("pm2: a pause between restarts grows only if there are restarts, and up to 15 seconds", async () => {
  const app = (name: string, delay: number, autorestart: boolean) =>
    `{ "name": "${name}", "script": "/bin/d", "exp_backoff_restart_delay": ${delay}, "autorestart": ${autorestart} }`;
  using one = new Import({
    "ecosystem.json": `[${app("a", 100, true)}, ${app("b", 100, false)}, ${app("c", 15_000, true)}]`,
  });
  await one.run("ecosystem.json");
  const growing = ["a", "b", "c"].map((name) =>
    one.lines(name).filter((line) => line.startsWith("restart-delay-")).length
  );
  assertEquals(growing, [2, 0, 0]);
  assertEquals(await one.mistakes(), []);
});

Deno.test("runit: the files beside log/run are accounted for", async () => {
  using one = new Import({
    "sv/d/run": "#!/bin/sh\n",
    "sv/d/log/run": "#!/bin/sh\n",
    "sv/d/log/config": "s10\n",
    "sv/d/log/finish": "#!/bin/sh\n",
  });
  const directives = await one.directives("sv");
  assertEquals([directives.get("log/config")?.class, directives.get("log/finish")?.class], [
    "carried",
    "decision",
  ]);
});
