import { assertEquals } from "@std/assert";
import type { ServiceInfo } from "../../../src/client/library.ts";
import { failureLine } from "../../../src/cli/up/failure_line.ts";
import { holderOf, listeningSockets, portsOf } from "../../../src/cli/up/ports.ts";

/** A failed service with this output. */
function failed(output: readonly string[], more: Partial<ServiceInfo> = {}): ServiceInfo {
  return {
    name: "web",
    state: "stopped",
    target: "stopped",
    explicit: false,
    skipped: false,
    failed: true,
    reason: "terminated",
    exit: { how: "exited", status: 1 },
    failure: { time: new Date(0), output },
    ...more,
  };
}

/** The line, if node holds all ports. */
function line(service: ServiceInfo, folder: string | undefined = "/home/ann/other", pid = 4411): string {
  return failureLine(service, {
    root: "/home/ann/project",
    serviceOf: (one) => one === 7 ? "api" : undefined,
    holder: () => ({ pid, name: "node", ...(folder === undefined ? {} : { folder }) }),
  });
}

Deno.test("a service whose port is taken says by whom, whatever its runtime writes", () => {
  const outputs: readonly (readonly string[])[] = [
    ["Error: listen EADDRINUSE: address already in use :::3000", "    at Server.setupListenHandle"],
    ["Error: listen EADDRINUSE: address already in use 127.0.0.1:3000"],
    [
      "error: Uncaught (in promise) AddrInUse: Address already in use (os error 98)",
      "  Deno.serve port: 3000",
    ],
    ["OSError: [Errno 98] Address already in use: ('0.0.0.0', 3000)"],
    ["nginx: [emerg] bind() to 0.0.0.0:3000 failed (98: Address already in use)"],
    ["listen tcp :3000: bind: address already in use"],
    ["Starting on http://localhost:3000", "OSError: [Errno 98] Address already in use"],
    ["Port 3000 is already in use"],
  ];
  for (const output of outputs) {
    assertEquals(
      line(failed(output)),
      "port 3000 is taken by node (pid 4411, in …/other): stop it, or set PORT",
      output.join("\n"),
    );
  }
  const [output] = outputs;
  assertEquals(
    line(failed(output), undefined),
    "port 3000 is taken by node (pid 4411, in …/other): stop it, or set PORT",
  );
  assertEquals(
    line(failed(output), "/home/ann/project/web"),
    "port 3000 is taken by node (pid 4411, in ./web): stop it, or set PORT",
  );
  assertEquals(
    line(failed(output), "/", 7),
    "port 3000 is taken by the service api (pid 7): stop it, or set PORT",
  );
});

Deno.test("a port that nobody seems to hold, and one that the output does not name, are told without a holder", () => {
  const context = { root: "/p", serviceOf: () => undefined, holder: () => undefined };
  assertEquals(
    failureLine(failed(["EADDRINUSE :::3000"]), context),
    "port 3000 is taken: stop what listens there, or set PORT",
  );
  assertEquals(
    failureLine(failed(["address already in use"]), context),
    "its port is taken: stop what listens there, or set PORT",
  );
});

Deno.test("any other failure says how the process ended and what it said, and what to do", () => {
  const output = [
    "Traceback (most recent call last):",
    "  File x",
    "ModuleNotFoundError: No module named 'flask'",
    "",
  ];
  assertEquals(line(failed(output)), "exit 1: ModuleNotFoundError: No module named 'flask'");
  assertEquals(line(failed(["a", "b\x1b[2J"])), "exit 1: b?[2J");
  assertEquals(line(failed([])), "exit 1, without a word: look at 'command'");
  assertEquals(line(failed(["x"], { exit: { how: "signalled", status: 9 } })), "signal SIGKILL: x");
  assertEquals(
    line(failed([], { launch: { stage: 1, errno: 2 } })),
    "cannot be executed (No such file or directory): install the program, or correct 'command' or 'working-dir'",
  );
  assertEquals(
    line(failed([], { launch: { stage: 1, errno: 13 } })),
    "cannot be executed (Permission denied): make the file executable, or correct 'command'",
  );
  assertEquals(
    line(failed([], { reason: "dependency-failed" })),
    "needs a service that has failed: correct that one first",
  );
  assertEquals(
    line(failed([], { reason: "timed-out" })),
    "was not ready in time: look at its log, or raise 'start-timeout'",
  );
});

Deno.test("the ports of a process and the holder of a port are found in /proc", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  assertEquals(portsOf(Deno.pid).includes(port), true);
  const holder = holderOf(port);
  assertEquals([holder?.pid, holder?.folder], [Deno.pid, Deno.cwd()]);
  listener.close();
  assertEquals(listeningSockets().has(port), false);
  assertEquals(holderOf(port), undefined);
  assertEquals(portsOf(2 ** 22 + 1), []);
});

Deno.test("an error that nobody has caught in Node is found above its trace, in the log file", () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-node-" });
  const logFile = `${folder}/web.log`;
  const trace = (error: string) =>
    [
      "node:events:502",
      "      throw er;",
      "      ^",
      "",
      error,
      ...Array(9).fill("    at Server (node:net:1:1)"),
    ]
      .concat("  port: 3000", "}", "", "Node.js v20.20.2", "").join("\n");
  const context = { root: "/home/me/shop", holder: () => undefined, serviceOf: () => undefined };
  const line = (text: string) => {
    Deno.writeTextFileSync(logFile, text);
    return failureLine({ ...failed(["  port: 3000", "}", "Node.js v20.20.2"]), logFile }, context);
  };
  try {
    const inUse = trace("Error: listen EADDRINUSE: address already in use :::3000");
    assertEquals(line(inUse), "port 3000 is taken: stop what listens there, or set PORT");
    // The last error counts, and not that of an earlier run.
    assertEquals(line(inUse + trace("TypeError: x is no function")), "exit 1: TypeError: x is no function");
    assertEquals(line("nothing of Node\n"), "exit 1: Node.js v20.20.2");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
