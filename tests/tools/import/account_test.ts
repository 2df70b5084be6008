/** `dinit import`: the account, and how files are written. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { WriteError, writeStaged } from "../../../src/description/staged_files.ts";
import { Import } from "./_import.ts";

const UNIT = "[Service]\nExecStart=/bin/sleep 1\nNice=5\nProtectHome=yes\nNonsense=1\n";

Deno.test("the account has each directive once, with one class, its line and a note", async () => {
  using one = new Import({ "web.service": UNIT });
  const { files } = await one.account("web.service");
  const note = "add 'sandbox += no-home', if bubblewrap is installed";
  assertEquals(files, [{
    input: `${one.folder}/web.service`,
    outputs: [`${one.to}/web`],
    directives: [
      { name: "ExecStart", value: "/bin/sleep 1", line: 2, class: "carried", note: "" },
      { name: "Nice", value: "5", line: 3, class: "carried", note: "" },
      { name: "ProtectHome", value: "yes", line: 4, class: "decision", note },
      { name: "Nonsense", value: "1", line: 5, class: "none", note: "this import does not know it" },
    ],
  }]);
});

Deno.test("the status is 0, and 3 or with --strict 1 if something has no counterpart", async () => {
  using one = new Import({ "a.service": "[Service]\nExecStart=/bin/true\n", "b.service": UNIT });
  const statuses = [];
  for (const args of [["a.service"], ["b.service", "--strict"], ["b.service", "--force"]]) {
    statuses.push((await one.run(...args)).status);
  }
  assertEquals(statuses, [0, 1, 3]);
});

Deno.test("no file is replaced without --force, and then nothing is written at all", async () => {
  using one = new Import({
    "a.service": "[Service]\nExecStart=/bin/a\n",
    "b.service": "[Service]\nExecStart=/bin/b\n",
  });
  Deno.mkdirSync(one.to);
  Deno.writeTextFileSync(`${one.to}/b`, "mine");
  const refused = await one.run("a.service", "b.service");
  assertEquals([refused.status, one.written(), one.read("b")], [1, ["b"], "mine"]);
  assertStringIncludes(
    refused.err,
    "Cannot write <F>/to/b: the file exists; nothing was written (--force replaces files)",
  );
  assertEquals((await one.run("a.service", "b.service", "--force")).status, 0);
  assertEquals(one.written(), ["a", "b"]);
});

Deno.test("a failure while files are put in their places restores the files that were there", () => {
  using one = new Import({ "to/a": "mine", "to/f": "a file" });
  const files = [{ name: "a", text: "other" }, { name: "new", text: "x" }, { name: "f/x", text: "x" }];
  assertThrows(() => writeStaged(one.to, files, { force: true }), WriteError, "nothing was changed");
  assertEquals([one.written(), one.read("a"), one.read("f")], [["a", "f"], "mine", "a file"]);
});

Deno.test("a directory is never replaced by a file", async () => {
  using one = new Import({ "a.service": "[Service]\nExecStart=/bin/a\n", "to/a/kept": "mine" });
  const { err, status } = await one.run("a.service", "--force");
  assertEquals([status, err, one.read("a/kept")], [
    1,
    "dinit-import: Cannot write <F>/to/a: no file can stand there; nothing was written\n",
    "mine",
  ]);
});

Deno.test("--dry-run shows the files and writes nothing", async () => {
  using one = new Import({ "a.service": "[Service]\nExecStart=/bin/a\n" });
  const { out, status } = await one.run("a.service", "--dry-run");
  assertEquals([status, one.written()], [0, []]);
  assertStringIncludes(out, "==> a <==\n");
  assertStringIncludes(out, "1 directive: 1 carried, 0 changed, 0 decide, 0 lost");
});

const MISTAKES: readonly (readonly [args: string[], message: string])[] = [
  [[], "no path is named"],
  [["nosuch.service"], "Cannot read nosuch.service: no such file or directory"],
  [
    ["notes.txt"],
    "Cannot tell what <F>/notes.txt is: name the kind, as in: dinit import systemd <F>/notes.txt",
  ],
  [
    ["a.service", "Procfile"],
    "These paths are of several kinds: systemd, procfile. Import each kind for itself",
  ],
  [["--what"], "unknown option: --what"],
  [["systemd", "notes.txt"], "Cannot import <F>/notes.txt: its name is not that of a unit"],
  [["compose", "notes.txt"], "Cannot read <F>/notes.txt: it has no 'services'"],
  [["pm2", "Procfile"], "Cannot read <F>/Procfile: "],
];

Deno.test("a mistake on the command line or in the input is one line, and nothing is written", async () => {
  using one = new Import({ "notes.txt": "x", "a.service": "", Procfile: "web: x\n" });
  for (const [args, message] of MISTAKES) {
    const { err, out, status } = await one.run(...args);
    assertEquals([status, out, one.written()], [1, "", []], args.join(" "));
    assertStringIncludes(err, message);
    assertEquals(err.split("\n").length, 2, err);
  }
});

Deno.test("names that no service can have are changed, and the account says so", async () => {
  const unit = "[Service]\nExecStart=/bin/true\n";
  using one = new Import({
    "a b.service": unit,
    "web.target": "",
    "web.service": unit,
    "t@one.service": unit,
  });
  const { files } = await one.account(".");
  assertEquals(one.written(), ["a-b", "t-one", "web", "web-2"]);
  const names = files.flatMap(({ directives }) => directives).filter(({ name }) =>
    name === "(name of the unit)"
  );
  assertEquals(names.map(({ value, line, class: kind }) => [value, line, kind]), [
    ["a b.service", 0, "changed"],
    ["t@one.service", 0, "changed"],
    ["web.target", 0, "changed"],
  ]);
  assertEquals(await one.mistakes(), []);
  using procfile = new Import({ Procfile: "../up: a\n.hidden: b\na/b: c\n@x: d\n" });
  await procfile.run("Procfile");
  assertEquals(procfile.written().filter((name) => !name.endsWith(".env")), ["a-b", "hidden", "up", "x"]);
  assertEquals(await procfile.mistakes(), []);
});

Deno.test("input that is not UTF-8, has NUL bytes or ends lines as Windows does is read and accounted for", async () => {
  const bytes = new TextEncoder().encode(
    "\uFEFF[Service]\r\nExecStart=/bin/echo \\\r\n  x#y\r\nNice=1\0\r\nEnvironment=A=?\r\n",
  );
  using one = new Import({ "w.service": bytes.map((byte) => byte === 0x3f ? 0xff : byte) });
  const directives = await one.directives("w.service");
  assertEquals([...directives.values()].map(({ name, line, class: kind }) => [name, line, kind]), [
    ["ExecStart", 2, "carried"],
    ["Nice", 4, "none"],
    ["Environment", 5, "changed"],
  ]);
  assertEquals(one.lines("w").find((line) => line.startsWith("command")), 'command = /bin/echo "x#y"');
  assertEquals(Deno.readFileSync(`${one.to}/w.env`), new Uint8Array([0x41, 0x3d, 0xff, 0x0a]));
});

Deno.test("a file that is too large is refused without being read", async () => {
  using one = new Import({ "a.service": "" });
  Deno.truncateSync(`${one.folder}/a.service`, 5 * 1024 ** 2);
  const { err, status } = await one.run("a.service");
  assertEquals([status, err], [
    1,
    "dinit-import: Cannot read <F>/a.service: it has 5242880 bytes, and at most 4194304 are read\n",
  ]);
});
