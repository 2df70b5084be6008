/** Words and variables that are not UTF-8. The shell makes them, as the runtime cannot. */

import { assert, assertArrayIncludes, assertEquals } from "@std/assert";
import { latin1, outputOf, wordsOf } from "../_processes.ts";
import { Dinit, dinitCommand } from "./_dinit.ts";

const SLEEPS = "type = process\ncommand = /bin/sleep 1000\n";

/** Runs a script of the shell whose arguments are the words of a program. */
async function shell(script: string, words: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await outputOf("/bin/sh", {
    args: ["-c", script, "sh", ...words],
    env,
  });
  return { code, said: latin1(stdout) + latin1(stderr) };
}

Deno.test("variables whose name or value is not UTF-8 reach services unchanged", async () => {
  await using dinit = new Dinit({ boot: SLEEPS });
  const through = `export NAME="$(printf 'Jos\\351')"; exec env "$(printf 'N\\377=1')" "$@"`;
  dinit.start({ through });
  await dinit.printed("[  OK  ] boot");
  const entries = await wordsOf(await dinit.pidOf("boot"), "environ");
  assertEquals(entries.filter((entry) => /^N(AME|\xff)=/.test(entry)).sort(), ["NAME=Jos\xe9", "N\xff=1"]);
});

Deno.test("variables about descriptors do not reach services, which lack the descriptors", async () => {
  await using dinit = new Dinit({ boot: SLEEPS });
  // The descriptor must be like that of Node.js, otherwise the runtime does not start.
  const { code, said } = await shell(
    `NODE_CHANNEL_SERIALIZATION_MODE=json "$@" --version`,
    dinitCommand([]),
  );
  assertEquals([code, said.split("\n")[0]], [0, "Dinit version 0.22.1."]);
  dinit.start({ env: { NODE_CHANNEL_SERIALIZATION_MODE: "json", OTHER: "1" } });
  await dinit.printed("[  OK  ] boot");
  const environment = await wordsOf(await dinit.pidOf("boot"), "environ");
  assertArrayIncludes(environment, ["OTHER=1"]);
  assert(!environment.some((entry) => entry.includes("NODE_CHANNEL")), environment.join("\n"));
});

Deno.test("arguments that are not UTF-8 are accepted unchanged in every place", async () => {
  await using dinit = new Dinit({ boot: "type = internal\n", later: SLEEPS }).start();
  await dinit.printed("[  OK  ] boot");
  const ctl = dinitCommand(["ctl", "--socket-path", dinit.socket]);
  const { code, said } = await shell(`"$@" start "$(printf 'caf\\351')"`, ctl);
  assertEquals(code, 1);
  assert(!/panicked|at .*\.ts:\d/.test(said), said);
  assertEquals((await shell(`"$@" setenv "$(printf 'A=\\351')"`, ctl)).code, 0);
  assertEquals((await dinit.ctl("start", "later")).code, 0);
  const entries = await wordsOf(await dinit.pidOf("later"), "environ");
  assert(entries.includes("A=\xe9"), entries.join("\n"));
});

Deno.test("the daemon's command line may name folders and services that are not UTF-8", async () => {
  await using dinit = new Dinit({});
  const through = `d="$1"; shift; f="$d/$(printf 'd\\351')"; n="$(printf 'caf\\351')"; mkdir -p "$f/w"; ` +
    `printf 'type = internal\\nwaits-for.d = w\\n@include %s.inc\\n' "$n" > "$f/boot"; ` +
    `printf 'type = process\\ncommand = /bin/sleep 1000\\nenv-file = %s.env\\n' "$n" > "$f/$n"; ` +
    `printf 'A=1\\n' > "$f/$n.env"; : > "$f/$n.inc"; : > "$f/w/$n"; ln -s "$n" "$f/link"; ` +
    `exec "$@" -d "$f" boot link`;
  const line = dinitCommand(["--user", "--socket-path", dinit.ownSocket]);
  dinit.start({
    through: `set -- '${dinit.directory}' ${line.map((word) => `'${word}'`).join(" ")}; ${through}`,
  });
  await dinit.printed("[  OK  ] boot");
  await dinit.printed("[  OK  ] link");
  await dinit.printed("[  OK  ] caf\ufffd"); // named by an entry of the folder w
  assert(dinit.lines.every((line) => !line.includes("Ignoring")), dinit.lines.join("\n"));
  const environment = await wordsOf(await dinit.pidOf("link"), "environ");
  assertArrayIncludes(environment, ["A=1"]);
});

Deno.test("a home that is not UTF-8 works, and no tool ends with a stack trace", async () => {
  await using dinit = new Dinit({});
  const home = `unset XDG_RUNTIME_DIR XDG_CONFIG_HOME; export HOME="${dinit.directory}/$(printf 'h\\351')"; `;
  for (const words of [["ctl", "--user", "list"], ["check", "boot"], ["monitor", "--user", "boot"]]) {
    const { said } = await shell(`${home} exec "$@"`, dinitCommand(words));
    assert(!/panicked|Uncaught|InvalidData|at .*\.ts:\d/.test(said), said);
  }
});
