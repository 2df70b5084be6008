/** Completion in the real shells: bash, zsh and fish, against a scripted daemon. */

import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { runCompletion } from "../../src/cli/completion/main.ts";
import { FakeIo, StandIn, status } from "./_stand_in.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

function script(shell: Shell): string {
  const io = new FakeIo();
  assertEquals(runCompletion([shell], io), 0);
  return io.output;
}

/** A directory with the scripts, and a `dinitctl` and a `dinit` that talk to `daemon`. */
class Tools implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "dinit-completion-" });

  constructor(daemon: StandIn) {
    for (const shell of SHELLS) Deno.writeTextFileSync(`${this.directory}/${shell}`, script(shell));
    const run =
      `exec '${Deno.execPath()}' run --quiet --allow-all '${ROOT}tests/cli/_main.ts' -p '${daemon.path}'`;
    this.#program("dinitctl", `${run} "$@"`);
    this.#program(
      "deno",
      `while [ "$1" != ctl ]; do [ $# -gt 0 ] || exit 1; shift; done\nshift\n${run} "$@"`,
    );
    this.#program("dinit", `[ "$1" = ctl ] || exit 1\nshift\n${run} "$@"`);
    Deno.symlinkSync("dinit", `${this.directory}/reboot`);
  }

  #program(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.directory}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  /** Runs a program in a shell; returns its output. */
  async run(shell: Shell, ...args: string[]): Promise<string> {
    const env = {
      PATH: `${this.directory}:${Deno.env.get("PATH") ?? ""}`,
      HOME: this.directory,
      TERM: "dumb",
    };
    let output;
    try {
      output = await outputOf(shell, { args, env, stdin: "null" });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new Error(`${shell} is missing: install it to run this test`);
      }
      throw error;
    }
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(text(output.stderr), "");
    return text(output.stdout);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** What a shell proposes for the end of a line, sorted. */
async function proposals(tools: Tools, shell: Shell, line: string): Promise<string[]> {
  const source = `source ${tools.directory}/${shell}`;
  const lines = async (...args: string[]) =>
    (await tools.run(shell, ...args)).split("\n").filter((one) => one !== "").sort();
  switch (shell) {
    case "bash":
      return await lines(
        "--norc",
        "-c",
        `${source}; COMP_LINE=$1; COMP_POINT=\${#1}; ${
          line.startsWith("deno") ? "_dinit_deno_complete" : "_dinit_complete"
        }; printf '%s\\n' "\${COMPREPLY[@]}"`,
        "bash",
        line,
      );
    case "fish":
      return (await lines("--no-config", "-c", `${source}; complete -C $argv[1]`, line))
        .map((one) => one.split("\t")[0]);
    case "zsh":
      return await lines("-f", "-c", ZSH_WORDS, "zsh", `${tools.directory}/zsh`, line);
  }
}

/**
 * The input and the results of zsh's completion, with stand-ins for the builtins that work only on a terminal.
 * `ZSH_TERMINAL` below tests the real ones.
 */
const ZSH_WORDS = `
typeset -gA _comps
compdef() { }
_default() { }
_files() { }
compadd() { local added=\${@[-1]}; print -rl -- \${(M)\${(P)added}:#\${(b)words[CURRENT]}*} }
source $1
words=(\${(z)2})
[[ $2 == *' ' ]] && words+=('')
CURRENT=\${#words}
[[ $words[1] == deno ]] && _dinit_deno || _dinit
`;

/**
 * A terminal for zsh: presses the key, makes the completion print its results between two marks, and continues at the
 * second mark.
 */
const ZSH_TERMINAL = `
zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell "PS1=; stty -echo; autoload -Uz compinit; compinit -D -u; source $1"
zpty -w shell 'compadd() {
  builtin compadd "$@"
  local -a words
  builtin compadd -O words "$@"
  print -r -- "<FOUND>"; print -rl -- $words; print -r -- "<END>"
}'
zpty -w shell 'bindkey "^I" complete-word; print "<REA""DY>"'
zpty -r -m shell text '*<READY>*'
zpty -w -n shell "$2"$'\\t'
zpty -r -m shell text '*<END>*'
text=\${text//$'\\r'/}
text=\${text#*'<FOUND>'$'\\n'}
print -r -- "\${text%%'<END>'*}"
zpty -d shell
`;

const services = { boot: status(), web: status(), "getty@tty1": status(), "getty@tty2": status() };

/** Lines and their proposals. */
const LINES: readonly (readonly [string, string[]])[] = [
  ["dinitctl st", ["start", "status", "stop"]],
  ["deno task -q ctl st", ["start", "status", "stop"]],
  ["deno task ctl stop --f", ["--force"]],
  ["deno task -q ctl start w", ["web"]],
  ["deno run --allow-all main.ts ctl start w", ["web"]],
  ["dinitctl --quiet -s st", ["start", "status", "stop"]],
  ["dinitctl start ", ["boot", "getty@tty1", "getty@tty2", "web"]],
  ["dinitctl start web b", ["boot"]],
  ["dinitctl stop --f", ["--force"]],
  ["dinitctl list --state ", ["failed", "started", "starting", "stopped", "stopping"]],
  ["dinitctl add-dep w", ["waits-for"]],
  ["dinitctl add-dep need b", ["boot"]],
  ["dinitctl signal U", ["USR1", "USR2"]],
  ["dinitctl signal HUP w", ["web"]],
  ["dinitctl graph --format m", ["mermaid"]],
  ["dinit c", ["check", "completion", "ctl"]],
  ["dinit ctl unl", ["unload"]],
  ["dinit ctl start w", ["web"]],
  ["dinit-monitor -c command w", ["web"]],
  ["dinit monitor --str-f", ["--str-failed"]],
  ["dinit-check --onl", ["--online"]],
  ["dinit completion z", ["zsh"]],
  ["dinit help man dinit-m", ["dinit-monitor"]],
  ["dinit help restart-d", ["restart-delay", "restart-delay-factor", "restart-delay-max"]],
  ["dinit --con", ["--console-level", "--container"]],
  ["dinit --user --log-f", ["--log-file", "--log-folder", "--log-format"]],
  ["dinit --log-format j", ["json"]],
  ["dinit --console-level none --log-level d", ["debug"]],
  ["dinit -e /environment --cgroup-path /x --ho", ["--host"]],
  ["dinit shutdown --s", ["--system"]],
  ["reboot --use", ["--use-passed-cfd"]],
];

for (const shell of SHELLS) {
  Deno.test(`${shell} completes commands, options and their values, and names of services`, async () => {
    await using daemon = new StandIn({ services });
    using tools = new Tools(daemon);
    const found = await Promise.all(LINES.map(([line]) => proposals(tools, shell, line)));
    assertEquals(LINES.map(([line], index) => [line, found[index]]), LINES);
  });

  Deno.test(`${shell} proposes no services when no daemon answers`, async () => {
    await using daemon = new StandIn();
    using tools = new Tools(daemon);
    Deno.removeSync(daemon.path);
    assertEquals(await proposals(tools, shell, "dinitctl start "), []);
  });
}

for (const line of ["dinitctl st", "deno task -q ctl st"]) {
  Deno.test(`zsh completes in a terminal: ${line}`, async () => {
    await using daemon = new StandIn({ services });
    using tools = new Tools(daemon);
    const found = await tools.run("zsh", "-f", "-c", ZSH_TERMINAL, "zsh", `${tools.directory}/zsh`, line);
    assertEquals(found.trim().split("\n").sort(), ["start", "status", "stop"]);
  });
}

Deno.test("bash replaces only the part after the @ of a name", async () => {
  await using daemon = new StandIn({ services });
  using tools = new Tools(daemon);
  assertEquals(await proposals(tools, "bash", "dinitctl start getty@t"), ["tty1", "tty2"]);
  assertEquals(await proposals(tools, "bash", "dinitctl --color=al"), ["always"]);
});

Deno.test("bash quotes names that need it", async () => {
  await using daemon = new StandIn({ services: { "two words": status() } });
  using tools = new Tools(daemon);
  assertEquals(await proposals(tools, "bash", "dinitctl stop t"), ["two\\ words"]);
});

Deno.test("completion of an unknown shell", () => {
  for (const args of [[], ["tcsh"], ["bash", "zsh"]]) {
    const io = new FakeIo();
    assertEquals(runCompletion(args, io), 1);
    assertEquals(io.output, "");
    assert(io.errors.startsWith("Usage: dinit completion bash|zsh|fish\n"));
  }
});
