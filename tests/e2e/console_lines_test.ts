/** The lines of services on the console of a daemon, in a real terminal and in a pipe. */

import { assert, assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { Dinit } from "./_dinit.ts";

/** The daemon exits when its services have. */
const SERVICES = {
  boot:
    "type = internal\nwaits-for = file\nwaits-for = buffer\nwaits-for = broken\nwaits-for = kept\nwaits-for = end\n",
  file:
    'type = scripted\ncommand = /bin/sh -c "echo in the file; printf \\"\\\\033[2Jno end\\""\nlogfile = file.log\n',
  buffer: 'type = scripted\ncommand = /bin/sh -c "echo in the buffer"\nlog-type = buffer\n',
  kept: 'type = scripted\ncommand = /bin/sh -c "echo in the kept log"\nlog-type = kept\nlogfile = kept.log\n',
  broken: 'type = scripted\ncommand = /bin/sh -c "echo no luck; exit 1"\nlogfile = broken.log\n',
  end: "type = scripted\ncommand = /bin/true\nafter = file\nafter = buffer\nafter = broken\n",
};

/** What the daemon writes to a terminal of 80 columns until its services have stopped, without colours. */
async function onTerminal(words: readonly string[]): Promise<{ plain: string[]; text: string }> {
  await using dinit = new Dinit(SERVICES);
  dinit.write("sd/file.log", "of an earlier run\n");
  // The shell stops the daemon when the file `done` is there.
  const line = dinit.commandLine(words).map((word) => `'${word}'`).join(" ");
  const stop = `until [ -e ${dinit.directory}/done ]; do sleep 0.05; done; kill $pid`;
  const script = `stty cols 80; ${line} & pid=$!; (${stop}) & wait $pid`;
  dinit.write(
    "sd/end",
    `type = scripted\ncommand = /bin/sh -c "echo >${dinit.directory}/done"\n` +
      "after = file\nafter = buffer\nafter = broken\n",
  );
  const { stdout } = await outputOf("script", {
    args: ["--quiet", "--return", "--command", script, "/dev/null"],
    env: { TERM: "xterm", NO_COLOR: "" },
    stdin: "null",
  });
  const text = new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
  // deno-lint-ignore no-control-regex
  return { plain: text.replaceAll(/\x1b\[\d*m/g, "").split("\n"), text };
}

Deno.test("a user's daemon shows the lines of its services at a terminal, from the first to the last one", async () => {
  const { plain, text } = await onTerminal([]);
  assert(plain.includes("[  OK  ] file"), text);
  const lines = plain.filter((line) => line.includes("│"));
  assertEquals(lines.filter((line) => line.startsWith("file")), [
    "file   │ in the file",
    "file   │ ?[2Jno end",
  ], text);
  assertEquals(lines.filter((line) => line.startsWith("kept")), ["kept   │ in the kept log"], text);
  assertEquals(lines.filter((line) => line.startsWith("buffer")), ["buffer │ in the buffer"], text);
  // deno-lint-ignore no-control-regex
  assert(/\x1b\[\d+mbuffer │\x1b\[0m in the buffer/.test(text), text);
  // The reason of a failure is there once.
  assertEquals(plain.filter((line) => line.includes("no luck")), ["broken │ no luck"], text);
  assert(plain.some((line) => line.startsWith("    broken: its log is ")), text);
});

Deno.test("with --quiet-services, and with --quiet, a terminal gets no lines of services", async () => {
  const { plain } = await onTerminal(["--quiet-services"]);
  assertEquals(plain.filter((line) => line.includes("│")), []);
  assert(plain.includes("    broken > no luck"), plain.join("\n"));
  assertEquals((await onTerminal(["--quiet"])).plain.filter((line) => line !== ""), []);
});

Deno.test("a pipe gets no lines of services", async () => {
  await using dinit = new Dinit({ boot: "type = scripted\ncommand = /bin/echo hello\nlogfile = log\n" });
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  await dinit.ctl("shutdown");
  await dinit.ended();
  assertEquals(dinit.lines.filter((line) => line.includes("hello")), []);
});
