/** The example of `examples/container`: its services in a container, and the files that start one. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { parseCommandLine } from "../../src/daemon/options.ts";
import { ROOT } from "../e2e/_dinit.ts";
import { Container, EXAMPLE } from "./_container.ts";

/**
 * The daemon's lines about stopping services, in order, and the services' own lines. Both go to the same log; the
 * daemon's lines follow slightly later.
 */
function endOf(container: Container): { stopped: string[]; finishing: string[] } {
  const ending = (end: RegExp) => container.lines.filter((line) => end.test(line));
  return { stopped: ending(/^\[STOPPD\]/), finishing: ending(/: finishing$/) };
}

Deno.test({
  ...rootOnly(
    "in a container all services start, and SIGTERM stops them in order and ends the container with 0",
    "needs namespaces",
  ),
  async fn() {
    await using container = new Container().start(["--container"]);
    await container.logged("[  OK  ] boot");
    await container.logged("app: up");
    await container.logged("worker: up");
    const { stdout } = await container.ctl("status", "--json");
    const { services } = JSON.parse(stdout) as { services: { name: string; state: string }[] };
    assertEquals(
      services.map(({ name, state }) => `${name} ${state}`).sort(),
      ["app STARTED", "boot STARTED", "prepare STARTED", "worker STARTED"],
    );
    assertEquals((await container.ctl("catlog", "prepare")).stdout, "prepared /run/example\n");
    container.kill("SIGTERM");
    assertEquals(await container.ended(), 0);
    assertEquals(endOf(container), {
      stopped: ["[STOPPD] boot", "[STOPPD] app", "[STOPPD] worker", "[STOPPD] prepare"],
      finishing: ["app: finishing", "worker: finishing"],
    });
  },
});

Deno.test({
  ...rootOnly("a container restarts the worker without disturbing the application", "needs namespaces"),
  async fn() {
    await using container = new Container().start(["--container"]);
    await container.logged("[  OK  ] boot");
    assertEquals((await container.ctl("signal", "KILL", "worker")).code, 0);
    await container.logged("dinit: Service worker terminated due to signal 9");
    assertEquals((await container.ctl("wait", "worker", "--for=started")).code, 0);
    container.kill("SIGTERM");
    assertEquals(await container.ended(), 0);
    assertEquals(container.lines.filter((line) => line === "app: up").length, 1);
  },
});

Deno.test({
  ...rootOnly("with --exit-with the container ends with the application's exit status", "needs namespaces"),
  async fn() {
    await using container = new Container();
    container.change("app", "command = /opt/example/app", 'command = /bin/sh -c "sleep 0.5; exit 7"');
    container.start(["--container", "--exit-with=app"]);
    assertEquals(await container.ended(), 7);
    assertEquals(endOf(container), {
      stopped: ["[STOPPD] boot", "[STOPPD] app", "[STOPPD] worker", "[STOPPD] prepare"],
      finishing: ["worker: finishing"],
    });
  },
});

Deno.test({
  ...rootOnly(
    "with --exit-with the container of an application that was killed ends with 128 and the signal",
    "needs namespaces",
  ),
  async fn() {
    await using container = new Container().start(["--container", "--exit-with=app"]);
    await container.logged("[  OK  ] boot");
    assertEquals((await container.ctl("signal", "KILL", "app")).code, 0);
    assertEquals(await container.ended(), 128 + 9);
    assertEquals(endOf(container).finishing, ["worker: finishing"]);
  },
});

/** What a container would run as process 1 is a command line that the daemon understands. */
function assertRunsContainer([program, ...args]: readonly string[]): void {
  assertEquals(program, "/usr/bin/dinit");
  const commandLine = parseCommandLine(args, { pid: 1, uid: 0, isOpen: () => false });
  if (commandLine.action !== "run") throw new Error(JSON.stringify(commandLine));
  assertEquals(commandLine.options.manager, false);
  assertEquals(commandLine.options.exitWith, "app");
}

Deno.test("the OCI configuration starts the daemon, with the mounts that it needs", () => {
  const config = JSON.parse(Deno.readTextFileSync(`${EXAMPLE}config.json`)) as {
    process: { args: string[] };
    root: { readonly: boolean };
    mounts: { destination: string; type: string; options?: string[] }[];
  };
  assertRunsContainer(config.process.args);
  assert(config.root.readonly);
  const mounts = new Map(config.mounts.map((mount) => [mount.destination, mount]));
  assertEquals(mounts.get("/proc")?.type, "proc");
  assertEquals(mounts.get("/run")?.type, "tmpfs");
  assert(!mounts.get("/run")?.options?.includes("ro"));
});

Deno.test("the Dockerfile starts the daemon, and copies existing files", () => {
  const lines = Deno.readTextFileSync(`${EXAMPLE}Dockerfile`).split("\n");
  const words = (instruction: string): string[] => {
    const line = lines.find((line) => line.startsWith(`${instruction} [`));
    return JSON.parse(line!.slice(instruction.length)) as string[];
  };
  assertRunsContainer([...words("ENTRYPOINT"), ...words("CMD")]);
  const sources = lines.flatMap((line) => line.startsWith("COPY ") ? line.split(" ").slice(1, -1) : []);
  assert(sources.length > 0);
  for (const source of sources) {
    // What is compiled need not be there.
    if (!source.startsWith("dist/")) assert(Deno.statSync(ROOT + source).isDirectory, source);
  }
});

Deno.test("the programs of the example can be run", () => {
  const directory = `${EXAMPLE}rootfs/opt/example`;
  for (const { name } of Deno.readDirSync(directory)) {
    assertEquals(Deno.statSync(`${directory}/${name}`).mode! & 0o111, 0o111, name);
  }
});
