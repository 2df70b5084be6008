/** `dinitctl --host`: a daemon on another machine. A program named `ssh` stands in for the way to it. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { Dinit, dinitCommand, type Result } from "./_dinit.ts";

const SERVICES = {
  boot: "type = internal\nwaits-for = web\n",
  web: 'type = process\ncommand = sh -c "echo hello; exec sleep 1000"\nlog-type = buffer\n',
  other: "type = internal\n",
};

/** Programs in a folder of PATH: `ssh`, which runs the command here, and `dinitctl`. */
function programs(dinit: Dinit): string {
  const folder = `${dinit.directory}/bin`;
  Deno.mkdirSync(folder);
  const words = dinitCommand(["ctl"]).map((word) => `'${word}'`).join(" ");
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(`${folder}/${name}`, `#!/bin/sh\n${text}`, { mode: 0o755 });
  write("dinitctl", `exec ${words} "$@"\n`);
  write(
    "ssh",
    'test "$1 $2" = "-T --" || exit 9\nshift 2\nhost=$1\nshift\n' +
      'if [ "$host" = gone ]; then echo "ssh: connect to host gone port 22: Connection refused" >&2; exit 255; fi\n' +
      'exec sh -c "$*"\n',
  );
  return folder;
}

/** Runs the tool with these programs. */
async function ctl(dinit: Dinit, folder: string, ...args: string[]): Promise<Result> {
  const [program, ...words] = dinitCommand(["ctl", "--socket-path", dinit.socket, ...args]);
  const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
  const { code, stdout, stderr } = await outputOf(program, { args: words, env, stdin: "null" });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("commands reach the daemon of another machine through ssh", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  const folder = programs(dinit);
  const started = await ctl(dinit, folder, "--host=ann@box", "start", "other");
  assertEquals(started, { code: 0, stdout: "Service started.\n", stderr: "" });
  const logs = await ctl(dinit, folder, "--host", "box", "catlog", "web");
  assertEquals([logs.code, logs.stdout], [0, "hello\n"]);
  const missing = await ctl(dinit, folder, "start", "nosuch", "--host=box");
  assertEquals([missing.code, missing.stdout], [1, ""]);
});

Deno.test("a connection to another machine that fails or breaks is one clear line", async () => {
  await using dinit = new Dinit({ boot: SERVICES.other });
  const folder = programs(dinit);
  const refused = await ctl(dinit, folder, "--host=gone", "list");
  assertEquals(refused, {
    code: 1,
    stdout: "",
    stderr: "dinitctl: no connection to gone: ssh: connect to host gone port 22: Connection refused\n",
  });
  const noDaemon = await ctl(dinit, folder, "--host=box", "list");
  assertEquals(noDaemon.code, 1);
  assertMatch(
    noDaemon.stderr,
    /^dinitctl: no connection to box: connecting to socket: .*: No such file or directory\n$/,
  );
  const injected = await ctl(dinit, folder, "--host=-oProxyCommand=x", "list");
  assertEquals(injected.code, 1);
  assertStringIncludes(injected.stderr, "--host should be followed by the name of a host");
});
