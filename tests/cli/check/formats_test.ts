import { assert, assertEquals } from "@std/assert";
import type { CheckRecord } from "../../../src/cli/check/main.ts";
import { annotation } from "../../../src/cli/check/report_github.ts";
import {
  FileUsers,
  findDescription,
  MainEnvironment,
  readDescription,
} from "../../../src/description/mod.ts";
import { checkIn, Services } from "./_support.ts";

const FILES = {
  s: "type = proces\nwait-for = a\ndepends-on = databse\ncommand = sh\nnice = $X\n",
  database: "",
};

async function records(files: Readonly<Record<string, string>>, ...names: string[]): Promise<CheckRecord[]> {
  using services = new Services(files);
  const { out, err } = await checkIn(services, ["--json", ...names]);
  assertEquals(err, "");
  return JSON.parse(out);
}

Deno.test("--json writes one array with a record for each finding, and nothing else", async () => {
  assertEquals(await records({ s: "\nwait-for = a\ndepends-on = databse\n", database: "" }, "s"), [
    {
      service: "s",
      file: "<SD>/s",
      line: 2,
      column: 1,
      setting: "wait-for",
      severity: "error",
      code: "unknown-setting",
      message: "unknown setting: 'wait-for'.",
      suggestion: "waits-for",
      remedy: null,
      neededBy: null,
    },
    {
      service: "databse",
      file: "<SD>/s",
      line: 3,
      column: 14,
      setting: null,
      severity: "error",
      code: "not-found",
      message: "service description not found.",
      suggestion: "database",
      remedy: "searched in <SD>",
      neededBy: "s",
    },
  ]);
});

Deno.test("--json writes an empty array if there are no findings", async () => {
  using services = new Services({ s: "" });
  assertEquals(await checkIn(services, ["--json", "s"]), { out: "[]\n", err: "", status: 0 });
});

Deno.test("records have a place even if the text of the reference has none", async () => {
  const places = async (text: string) =>
    (await records({ s: text }, "s")).map(({ line, setting, severity }) => [line, setting, severity]);
  assertEquals(await places("\ntype = process\n"), [[2, "type", "error"]]);
  assertEquals(await places("type = process\n\ncommand = no-such-program\n"), [[3, "command", "warning"]]);
  assertEquals(await places("type = process\ncommand = /bin/sh\nlogfile = $\n"), [[3, "logfile", "error"]]);
  assertEquals(await places("\n@include none\n"), [[2, null, "error"]]);
  assertEquals(await places("\n\noptions = skippable\n"), [[3, "options", "warning"]]);
  assertEquals(await places("\nenv-file = none\n"), [[2, "env-file", "error"]]);
  assertEquals(await places("nice = 1\nnice = x\n"), [
    [2, "nice", "error"],
    [2, "nice", "warning"],
  ]);
  assertEquals(await places("after = s\n"), [[1, null, "error"]]);
});

Deno.test("every finding has a code, and a note leaves the status at 0", async () => {
  using services = new Services({ s: "chain-to = ${A-x}\n", environment: "nonsense\n" });
  const { out, status } = await checkIn(services, ["--json", "s", "-e", services.path("environment")]);
  const found: CheckRecord[] = JSON.parse(out);
  assertEquals(found.map(({ code, severity, service }) => [code, severity, service]), [
    ["environment-setting", "note", null],
    ["variables", "note", null],
  ]);
  assertEquals(status, 0);
  for (const { code } of await records(FILES, "s")) assert(/^[a-z-]+$/.test(code), code);
});

Deno.test("--format=github writes annotations, then the verdict", async () => {
  using services = new Services({ s: "\nwait-for = a\nenv-file = ${A-none}\n" });
  assertEquals(await checkIn(services, ["--format=github", "s"]), {
    out:
      "::error file=<SD>/s,line=2,col=1::Service 's': unknown setting: 'wait-for'. (did you mean `waits-for`?)\n" +
      "::notice::variable substitution performed by dinit-check for file paths may not match dinit daemon " +
      "(environment may differ); use --online to avoid this warning\n" +
      "::error file=<SD>/s,line=3,col=12::Service 's': could not load environment file: No such file or directory (the file is <SD>/none)\n" +
      "One or more errors/warnings issued.\n",
    err: "",
    status: 1,
  });
});

Deno.test("annotations escape characters that would end them", () => {
  assertEquals(
    annotation({
      service: "a",
      severity: "warning",
      code: "x",
      message: "50%\r\nmore: a, b",
      text: "",
      place: { file: "d:1,2%/\ns", line: 3 },
    }),
    "::warning file=d%3A1%2C2%25/%0As,line=3::Service 'a': 50%25%0D%0Amore: a, b",
  );
});

Deno.test("--print writes the named services as the daemon reads them, and findings as always", async () => {
  using services = new Services({
    s: "type = process\ncommand = /bin/echo $1 \\\n  # remark\nstop-timeout = 1.50\nwaits-for = t\n",
    t: "foo = 1\n",
  });
  assertEquals(await checkIn(services, ["--print", "s@x", "t", "s@x", "none"]), {
    out: "# s@x (<SD>/s)\ntype = process\ncommand = /bin/echo x\nstop-timeout = 1.5\nwaits-for = t\n" +
      "\n# t (<SD>/t)\ntype = internal\n",
    err: "Service 't' (<SD>/t:1): unknown setting: 'foo'.\n" +
      "Unable to load service 'none': service description not found.\n",
    status: 1,
  });
});

Deno.test("the output of --print is a description with the same meaning", async () => {
  using services = new Services({
    s: 'type = process\ncommand = /bin/sh -c "a  b" "$$x"\nrestart-delay = 2\noptions = skippable\nafter = t\n',
    t: "",
  });
  const read = () => {
    const { modified: _modified, size: _size, ...rest } = readDescription(
      findDescription("s", [services.directory]),
      {
        environment: new MainEnvironment(),
        users: new FileUsers(),
        identity: { uid: 0, gid: 0 },
        dependency() {},
        warn() {},
      },
    );
    return rest;
  };
  const before = read();
  services.write("s", (await checkIn(services, ["--print", "s"])).out);
  assertEquals(read(), before);
});
