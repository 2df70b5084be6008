import { PRODUCT_VERSION } from "../../src/model/mod.ts";
import { toolVersion } from "../../src/cli/shared/failure.ts";
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/options/ctl_commands.ts";
import { ctl, ctlAlone, failure, StandIn, status, success } from "./_stand_in.ts";

const USAGE = "dinitctl: Invalid command line.\nTry 'dinitctl --help' for more information.\n";

function unknown(option: string): string {
  return `dinitctl: unrecognized/invalid option: ${option} (use --help for help)\n`;
}

/** Wrong command lines, and their messages (cli 1.1, 2, 3.10, 3.11). */
const MISTAKES: readonly (readonly [string[], string])[] = [
  [["--bogus"], unknown("--bogus")],
  [["-"], unknown("-")],
  [["--"], unknown("--")],
  [["start", "--", "a"], unknown("--")],
  [["-us", "list"], unknown("-us")],
  [["-p/x", "list"], unknown("-p/x")],
  [["--socket-path=/x", "list"], unknown("--socket-path=/x")],
  [["--no-wait=1"], unknown("--no-wait=1")],
  [["-q", "list"], unknown("-q")],
  [["--force", "stop", "a"], USAGE],
  [["-f", "restart", "a"], USAGE],
  [["start", "-f", "a"], USAGE],
  [["release", "--force", "a"], USAGE],
  [["--clear", "catlog", "a"], USAGE],
  [["list", "--clear"], USAGE],
  [["-l", "signal"], USAGE],
  [["--list"], USAGE],
  [["list", "--list"], USAGE],
  [["--from", "a", "enable", "b"], USAGE],
  [["start", "--from", "a", "b"], USAGE],
  [["signal", "--force", "a"], "dinitctl: signal number/name must be specified\n"],
  [["signal", "HUP", "--clear", "a"], "dinitctl: service name must be specified\n"],
  [["signal", "HUP", "a", "--clear"], USAGE],
  [["start", "--state", "failed"], unknown("--state")],
  [["signal", "-9", "a"], unknown("-9")],
  [["bogus"], "dinitctl: unrecognized command: bogus (use --help for help)\n"],
  [[""], "dinitctl: unrecognized command:  (use --help for help)\n"],
  [["star", "a"], "dinitctl: unrecognized command: star (use --help for help)\n"],
  [["bogus", "--help"], "dinitctl: unrecognized command: bogus (use --help for help)\n"],
  [["--bogus", "--help"], unknown("--bogus")],
  [["-p"], "dinitctl: --socket-path/-p should be followed by socket path\n"],
  [["list", "--socket-path"], "dinitctl: --socket-path/-p should be followed by socket path\n"],
  [["list", "-p", ""], "dinitctl: --socket-path/-p should be followed by socket path\n"],
  [["-d"], "dinitctl: '--services-dir' (-d) requires an argument\n"],
  [["--services-dir", "", "list"], "dinitctl: '--services-dir' (-d) requires an argument\n"],
  [["start", ""], "dinitctl: Invalid empty argument\n"],
  [["start", "a", ""], "dinitctl: Invalid empty argument\n"],
  [["list", "-o"], "dinitctl: offline mode (--offline/-o) not supported for this command\n"],
  [["--offline", "start", "a"], "dinitctl: offline mode (--offline/-o) not supported for this command\n"],
  [["-s"], USAGE],
  [["start"], USAGE],
  [["is-started"], USAGE],
  [["shutdown", "now"], USAGE],
  [["add-dep", "need", "a"], USAGE],
  [["add-dep", "soft", "a", "b"], USAGE],
  [["rm-dep", "need", "a", "b", "c"], USAGE],
  [["setenv"], USAGE],
  [["unsetenv"], USAGE],
  [["signal"], "dinitctl: signal number/name must be specified\n"],
  [["signal", "HUP"], "dinitctl: service name must be specified\n"],
  [["signal", "-l", "HUP"], USAGE],
];

for (const [args, message] of MISTAKES) {
  Deno.test(`ctl command line ${JSON.stringify(args)} is refused`, async () => {
    assertEquals(await ctlAlone(args), failure(message));
  });
}

Deno.test("ctl without arguments and with --help shows the help on standard output", async () => {
  const help = await ctlAlone([]);
  assertEquals(help.status, 0);
  assertEquals(help.err, "");
  assertEquals(await ctlAlone(["--help", "bogus"]), help);
});

Deno.test("ctl --help has a usage line for each sub-command, in the order of the table", async () => {
  const { out } = await ctlAlone(["--help"]);
  const lines = out.split("\n").filter((line) => line.startsWith("    dinitctl [options] "));
  assertEquals(lines.map((line) => line.split(" ")[6]), COMMANDS.map(({ name }) => name));
  assert(out.includes("    dinitctl [options] stop [--force] [--all] SERVICE|PATTERN...\n"), out);
  assert(out.includes("    dinitctl [options] setenv NAME[=VALUE]...\n"), out);
  assert(
    out.includes("    dinitctl [options] status [--long] [--state STATE] [--figures] [SERVICE|PATTERN...]\n"),
    out,
  );
  for (const line of out.split("\n")) assert(line.length <= 100, line);
});

Deno.test("the sub-commands are in the order of the specification", () => {
  assertEquals(
    COMMANDS.map(({ name }) => name).join(" "),
    "status is-started is-failed start stop restart wake release unpin unload reload list shutdown add-dep rm-dep " +
      "enable disable trigger untrigger setenv unsetenv catlog signal tree graph wait events " +
      "upgrade health logs timers runs why top analyze security permissions proxy",
  );
});

Deno.test("ctl --version prints the version of the reference, and on a terminal that of the program", async () => {
  assertEquals(await ctlAlone(["--version"]), success("Dinit version 0.22.1.\n"));
  assertEquals(await ctlAlone(["list", "--version", "--bogus"]), success("Dinit version 0.22.1.\n"));
  assertEquals(
    toolVersion(true),
    `Dinit version 0.22.1.\ndinit for Deno ${PRODUCT_VERSION}, compatible with dinit 0.22.1.\n`,
  );
});

Deno.test("ctl options are accepted before and after the sub-command, and the last of a repeated option counts", async () => {
  await using daemon = new StandIn({ services: { a: status() } });
  const expected = success("STOPPED\n");
  for (
    const args of [
      ["is-failed", "a", "-p", daemon.path],
      ["-p", "/nonexistent", "is-failed", "--socket-path", daemon.path, "a"],
      [
        "--pin",
        "--no-wait",
        "--ignore-unstarted",
        "-d",
        "x",
        "is-failed",
        "-s",
        "-u",
        "a",
        "-p",
        daemon.path,
      ],
    ]
  ) {
    assertEquals(await ctlAlone(args), { ...expected, status: 1 });
  }
});

Deno.test("ctl signal --list needs no daemon", async () => {
  const list = `dinitctl: The following signal names are supported:
dinitctl: HUP  -> 1
dinitctl: INT  -> 2
dinitctl: QUIT -> 3
dinitctl: KILL -> 9
dinitctl: USR1 -> 10
dinitctl: USR2 -> 12
dinitctl: TERM -> 15
dinitctl: CONT -> 18
dinitctl: STOP -> 19
`;
  assertEquals(await ctlAlone(["signal", "-l"]), success(list));
  assertEquals(await ctlAlone(["signal", "--list", "--quiet"]), success(list));
});

Deno.test("every sub-command that needs a newer daemon says so", async () => {
  await using daemon = new StandIn({ version: 1, services: { a: status() } });
  const newer = COMMANDS.filter(({ minimumProtocol }) => minimumProtocol > 1);
  assert(newer.length > 0);
  for (const { name } of newer) {
    const words = name === "signal" ? ["HUP", "a"] : ["a"];
    assertEquals(await ctl(daemon, name, ...words), failure("dinitctl: daemon too old or protocol error\n"));
  }
});
