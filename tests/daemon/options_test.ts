import { assertEquals } from "@std/assert";
import { type CommandLine, type DaemonOptions, parseCommandLine } from "../../src/daemon/mod.ts";

const USER = { pid: 100, uid: 1000, isOpen: (fd: number) => fd >= 0 && fd <= 3 };
const INIT = { pid: 1, uid: 0, isOpen: (fd: number) => fd <= 2 };

function options(args: string[], situation = USER): DaemonOptions {
  const parsed = parseCommandLine(args, situation);
  if (parsed.action !== "run") throw new Error(`not a run: ${JSON.stringify(parsed)}`);
  return parsed.options;
}

function complaint(...args: string[]): string {
  const parsed: CommandLine = parseCommandLine(args, USER);
  return parsed.action === "error" ? parsed.message : parsed.action;
}

Deno.test("daemon case 1 to 3: help and version act when they are reached", () => {
  assertEquals(complaint("--version"), "version");
  assertEquals(complaint("--version", "-x"), "version");
  assertEquals(complaint("-x", "--version"), "dinit: unrecognized option: -x");
  assertEquals(complaint("--help", "--bogus"), "help");
});

Deno.test("daemon case 4: an option that needs a value", () => {
  const needs: [string, string][] = [
    ["-e", "'--env-file' (-e)"],
    ["--env-file", "'--env-file' (-e)"],
    ["-d", "'--services-dir' (-d)"],
    ["-p", "'--socket-path' (-p)"],
    ["-l", "'--log-file' (-l)"],
    ["-b", "'--cgroup-path' (-b)"],
    ["-t", "'--service' (-t)"],
    ["--console-level", "'--console-level'"],
    ["--log-level", "'--log-level'"],
  ];
  for (const [option, name] of needs) {
    assertEquals(complaint(option), `dinit: ${name} requires an argument`);
    assertEquals(complaint(option, ""), `dinit: ${name} requires an argument`);
  }
  assertEquals(complaint("-F"), "dinit: '--ready-fd' (-F) requires an argument");
});

Deno.test("daemon case 5: the readiness descriptor", () => {
  for (const value of ["abc", "", "1x"]) {
    assertEquals(complaint("-F", value), "dinit: '--ready-fd' (-F) requires a numerical argument");
  }
  for (const value of ["99", "0", "-1"]) {
    assertEquals(complaint("-F", value), "dinit: '--ready-fd' (-F) requires an open file descriptor");
  }
  assertEquals(options(["-F", " +3"]).readyFd, 3);
});

Deno.test("daemon case 6: levels", () => {
  const accepts = "accepts only arguments: 'none', 'error', 'warn', 'info', 'debug'";
  assertEquals(complaint("--log-level", "notice"), `dinit: '--log-level' ${accepts}`);
  assertEquals(complaint("--console-level", "WARN"), `dinit: '--console-level' ${accepts}`);
  assertEquals(options(["--log-level", "debug"]).logLevel, "debug");
  const formats = [[], ["--log-format", "json"], ["--log-format=json"], [
    "--log-format=json",
    "--log-format=text",
  ]];
  assertEquals(formats.map((args) => options(args).logFormat), ["text", "json", "json", "text"]);
  const only = "dinit: '--log-format' accepts only arguments: 'text', 'json'";
  assertEquals([complaint("--log-format", "xml"), complaint("--log-format=")], [only, only]);
  assertEquals(complaint("--log-format"), "dinit: '--log-format' requires an argument");
});

Deno.test("daemon cases 7, 8 and 10: words that are no services and no options", () => {
  assertEquals(complaint(""), "dinit: error: empty command-line argument");
  assertEquals(complaint(".foo"), "dinit: error: invalid service name '.foo'.");
  assertEquals(complaint("@foo"), "dinit: error: invalid service name '@foo'.");
  for (const word of ["--service=boot", "-dX", "--", "-", "-uq"]) {
    assertEquals(complaint(word), `dinit: unrecognized option: ${word}`);
  }
});

Deno.test("services start in the given order, boot by default", () => {
  assertEquals(options([]).services, ["boot"]);
  assertEquals(options(["a", "-t", ".b", "c@1"]).services, ["a", ".b", "c@1"]);
});

Deno.test("the last value counts, and directories add up", () => {
  const parsed = options(["-p", "a", "--socket-path", "b", "-d", "x", "--services-dir", "-y"]);
  assertEquals([parsed.socketPath, parsed.serviceDirectories], ["b", ["x", "-y"]]);
});

Deno.test("the console level depends on the order of --quiet and --console-level", () => {
  assertEquals(options([]).console, { messages: "warn", status: "debug" });
  assertEquals(options(["--console-level", "none"]).console, { messages: "none", status: "debug" });
  assertEquals(options(["-q"]).console, { messages: "none", status: "none" });
  assertEquals(options(["-q", "--console-level", "error"]).console, { messages: "error", status: "error" });
  assertEquals(options(["--console-level", "error", "-q"]).console, { messages: "none", status: "none" });
});

Deno.test("the mode and the user decide which paths are used", () => {
  const mode = (args: string[], situation = USER) => {
    const { manager, system } = options(args, situation);
    return [manager, system];
  };
  assertEquals(mode([]), [false, false]);
  assertEquals(mode(["-s"]), [false, true]);
  assertEquals(mode([], { ...USER, uid: 0 }), [false, true]);
  assertEquals(mode(["-u"], { ...USER, uid: 0 }), [false, false]);
  assertEquals(mode([], INIT), [true, true]);
  assertEquals(mode(["-o"], INIT), [false, true]);
  assertEquals(mode(["-o", "-m"], INIT), [true, true]);
  assertEquals(mode(["-m"]), [true, false]);
});

Deno.test("process 1 accepts the kernel's words until an option sets its mode", () => {
  assertEquals(options(["quiet", "-x", "splash"], INIT).services, ["boot"]);
  assertEquals(options(["single", "-t", "a"], INIT).services, ["single", "a"]);
  assertEquals(options(["quiet", "-m", "a"], INIT).services, ["a"]);
  assertEquals(parseCommandLine([""], INIT), {
    action: "error",
    message: "dinit: error: empty command-line argument",
  });
});

Deno.test("a host can be forced, in one word or two", () => {
  const hosts = [[], ["--host", "native"], ["--host=command"], ["--host=native", "--host", "auto"]];
  assertEquals(hosts.map((args) => options(args).host), ["auto", "native", "command", "auto"]);
  const accepts = "dinit: '--host' accepts only arguments: 'auto', 'native', 'command'";
  assertEquals([complaint("--host", "other"), complaint("--host=")], [accepts, accepts]);
  assertEquals(complaint("--host"), "dinit: '--host' requires an argument");
});

Deno.test("--exit-with takes its service in one word or two; not for the owner of a machine", () => {
  const services = [[], ["--exit-with", "app"], ["--exit-with=app"], ["--exit-with=a", "--exit-with", "b"]];
  assertEquals(services.map((args) => options(args).exitWith), [undefined, "app", "app", "b"]);
  const needs = "dinit: '--exit-with' requires an argument";
  assertEquals([complaint("--exit-with"), complaint("--exit-with=")], [needs, needs]);
  for (const args of [["-m", "--exit-with=a"], ["--exit-with", "a", "-m"]]) {
    assertEquals(complaint(...args).startsWith("dinit: '--exit-with' is not for the manager"), true);
  }
  assertEquals(options(["-o", "--exit-with=a"], INIT).exitWith, "a");
});
