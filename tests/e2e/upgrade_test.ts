/** `dinitctl upgrade`: another program takes over in the same process, or the upgrade is refused and nothing changes. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Client, connect, UpgradeRefusedError } from "../../src/client/library.ts";
import { soon } from "../_patience.ts";
import { Dinit, dinitCommand, isRunning, ROOT } from "./_dinit.ts";
import { awaitFile, enter, internal, native, process, scripted, type Services } from "./_hosts.ts";

const SERVICES: Services = {
  boot: internal("waits-for = web", "waits-for = once", "waits-for = talker"),
  web: process(`${enter("web")}; exec sleep 1000`, "depends-on = store", "restart = yes"),
  store: process(`${enter("store")}; exec sleep 1000`, "restart = yes"),
  once: scripted(enter("once"), "stop-command = true"),
  talker: process(
    `${enter("talker")}; echo hello; ${awaitFile("more")}; echo more; exec sleep 1000`,
    "log-type = buffer",
  ),
  slow: process(
    `${enter("slow")}; ${awaitFile("go")}; echo 1 >&3; exec sleep 1000`,
    "ready-notification = pipefd:3",
    "start-timeout = 0",
  ),
  failing: process(
    `${enter("failing")}; ${awaitFile("go")}; exit 3`,
    "ready-notification = pipefd:3",
    "start-timeout = 0",
  ),
};

/** Upgrades after the first one. */
const ROUNDS = 4;

const TAKEN_OVER = "the program of the daemon has taken over.\n";

/** What a daemon shows that must not change. */
async function shown(dinit: Dinit): Promise<unknown> {
  using client = await connect({ socketPath: dinit.socket });
  return await shownTo(client);
}

async function shownTo(client: Client): Promise<unknown> {
  const services = await soon(client.services(), "the services");
  return services.map(({ name, state, target, pid }) => ({ name, state, target, pid }));
}

function descriptors(dinit: Dinit): number {
  return [...Deno.readDirSync(`/proc/${dinit.pid}/fd`)].length;
}

/** Writes a program: a script of the shell. Returns its path. */
function program(dinit: Dinit, name: string, script: string): string {
  dinit.write(name, `#!/bin/sh\n${script}\n`);
  Deno.chmodSync(`${dinit.directory}/${name}`, 0o755);
  return `${dinit.directory}/${name}`;
}

/** The script of a program that answers the check like the real one, and then does something else. */
function afterCheck(script: string): string {
  const real = dinitCommand([]).map((word) => `'${word}'`).join(" ");
  return `case "$*" in *--check-state=*) exec ${real} "$@";; esac\n${script}`;
}

native("upgrades change nothing that a service or a client can see", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  using other = await connect({ socketPath: dinit.socket });
  const waiting = other.service("slow").start();
  waiting.catch(() => {}); // if the test fails earlier
  const failing = other.service("failing").start().catch((error) => error.name);
  await dinit.until(
    () => /slow/.test(dinit.read("journal")) && /failing/.test(dinit.read("journal")),
    "starts",
  );
  using client = await connect({ socketPath: dinit.socket });
  await using events = client.events();
  await events.ready;
  const before = await shownTo(client);
  await client.upgrade();
  const open = descriptors(dinit);
  for (let round = 1; round <= ROUNDS; round++) {
    await soon(client.upgrade(), `upgrade ${round}`);
    assertEquals(await shownTo(client), before, `upgrade ${round}`);
  }
  // The daemon opens its record and its watch of files soon after it has answered, and the runtime may be reading a
  // file: up to three are no loss. A loss at each upgrade would be at least as many as the upgrades.
  await dinit.until(
    () => descriptors(dinit) < open + ROUNDS,
    `about ${open} descriptors, as after one upgrade`,
  );
  assertEquals(await dinit.ctl("upgrade"), { code: 0, stdout: TAKEN_OVER, stderr: "" });
  dinit.write("go", "");
  assertEquals((await soon(waiting, "the start of slow")).state, "started");
  assertEquals(await soon(failing, "the failure"), "StartFailedError");
  const missing = new Set(["slow started", "failing start-failed"]);
  const seen = async () => {
    for await (const event of events) {
      if (event.kind === "service") missing.delete(`${event.service} ${event.event}`);
      if (missing.size === 0) return;
    }
  };
  await soon(seen(), () => `the events ${[...missing]}`);
  assertEquals(missing.size, 0);
  const words = dinit.read("journal").trim().split("\n").sort();
  assertEquals(words, ["failing", "once", "slow", "store", "talker", "web"]);
  dinit.write("more", "");
  const log = async () => (await dinit.ctl("catlog", "talker")).stdout;
  const end = performance.now() + 30_000;
  while (!(await log()).includes("more") && performance.now() < end);
  assertEquals(await log(), "hello\nmore\n");
  Deno.kill(await dinit.pidOf("store"), "SIGKILL");
  await dinit.until(() => dinit.read("journal").split("store\n").length === 3, "the restart of store");
  assertEquals((await dinit.stop()).code, 0);
});

native("a check says whether the program could take over, and changes nothing", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  const before = await shown(dinit);
  assertEquals(await dinit.ctl("upgrade", "--check"), {
    code: 0,
    stdout: "the program of the daemon could take over.\n",
    stderr: "",
  });
  const { code, stdout, stderr } = await dinit.ctl("upgrade", "--check", "--exec=/bin/true");
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    "dinitctl: the program could not take over: /bin/true cannot take over (it said nothing)\n",
  );
  assertEquals(await shown(dinit), before);
  using client = await connect({ socketPath: dinit.socket });
  await client.upgrade({ checkOnly: true });
  const refused = await client.upgrade({ program: "/bin/cat" }).catch((error) => error);
  assert(refused instanceof UpgradeRefusedError, String(refused));
  assertStringIncludes(refused.reason, "/bin/cat cannot take over: ");
});

native("an upgrade to a program that is none, or hangs, is refused and changes nothing", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  const before = await shown(dinit);
  const hangs = program(dinit, "hangs", "exec sleep 1000");
  const refused: [path: string, reason: RegExp][] = [
    ["/bin/true", /^\/bin\/true cannot take over \(it said nothing\)$/],
    ["/bin/cat", /^\/bin\/cat cannot take over: .*unrecognized option/],
    ["/no/such/program", /^\/no\/such\/program cannot be executed: No such file or directory$/],
    [dinit.directory, / cannot be executed: Permission denied$/],
    [hangs, /hangs did not say within 20 s that it can take over$/],
  ];
  for (const [path, reason] of refused) {
    const { code, stdout, stderr } = await dinit.ctl("upgrade", "--exec", path);
    assertEquals([code, stdout], [1, ""], path);
    assertMatch(stderr.trim(), new RegExp(reason.source.replace("^", "^dinitctl: no upgrade: ")), path);
    assertEquals(await shown(dinit), before, path);
  }
});

native("an upgrade during a shutdown is refused", async (start) => {
  await using dinit = start({
    boot: internal("waits-for = last"),
    last: process(`trap '${awaitFile("go")}; exit 0' TERM; ${enter("up")}; while :; do sleep 0.1; done`),
  });
  await dinit.until(() => dinit.read("journal") === "up\n", "the service");
  await dinit.printed("[  OK  ] boot");
  using client = await connect({ socketPath: dinit.socket });
  dinit.kill("SIGTERM");
  await dinit.printed("[STOPPD] boot");
  const refused = await client.upgrade().catch((error) => error);
  assertEquals(refused.reason, "dinit is shutting down");
  dinit.write("go", "");
  assertEquals((await dinit.ended()).code, 0);
});

Deno.test("an upgrade without the native host is refused", async () => {
  await using dinit = new Dinit({ boot: internal() }).start({ args: ["--host", "command"] });
  await dinit.printed("[  OK  ] boot");
  const { code, stderr } = await dinit.ctl("upgrade");
  assertEquals(code, 1);
  assertEquals(
    stderr,
    "dinitctl: no upgrade: only a daemon with the native host can be upgraded (see dinit --help, --host)\n",
  );
});

Deno.test("a daemon that cannot save its state refuses an upgrade, and says why (native host)", async () => {
  await using dinit = new Dinit(SERVICES).start({
    args: ["--host", "native"],
    permissions: ["--allow-all", "--no-code-cache"], // the limit also holds for files of the runtime
    through: `ulimit -f 8; exec "$@"`,
  });
  await dinit.printed("[  OK  ] boot");
  const before = await shown(dinit);
  const problem = "cannot save the state of dinit: pwrite: File too large (os error 27)";
  assertEquals(await dinit.ctl("upgrade"), {
    code: 1,
    stdout: "",
    stderr: `dinitctl: no upgrade: ${problem}\n`,
  });
  await dinit.printed(`dinit: ${problem}; until that works, a fault of dinit may end services`);
  assertEquals(await shown(dinit), before);
  assertEquals((await dinit.stop()).code, 0);
});

native(
  "a new program that returns leaves the old one in charge, and the client hears that",
  async (start) => {
    await using dinit = start(SERVICES);
    await dinit.printed("[  OK  ] boot");
    const heirs = ["refusing", "failing"].map((name) =>
      program(
        dinit,
        name,
        `exec '${Deno.execPath()}' run --no-prompt --allow-all '${ROOT}tests/e2e/_${name}_heir.ts' "$@"`,
      )
    );
    const waiting = dinit.ctl("start", "slow");
    await dinit.until(() => /slow/.test(dinit.read("journal")), "the start of slow");
    const before = await shown(dinit);
    for (const heir of heirs) {
      assertEquals(await dinit.ctl("upgrade", "--exec", heir), {
        code: 1,
        stdout: "",
        stderr: "dinitctl: no upgrade: the new program could not take over\n",
      });
      assertEquals(await shown(dinit), before);
    }
    assertEquals((await dinit.ctl("upgrade")).code, 0);
    dinit.write("go", "");
    assertEquals((await waiting).code, 0);
    assertEquals((await dinit.stop()).code, 0);
  },
);

native("a new program that ends after its check leaves the services to the next daemon", async (start) => {
  await using dinit = start(SERVICES);
  await dinit.printed("[  OK  ] boot");
  const before = await shown(dinit);
  const { code, stderr } = await dinit.ctl(
    "upgrade",
    "--exec",
    program(dinit, "ends", afterCheck("exec false")),
  );
  assertEquals(code, 1);
  assertEquals(stderr, "dinitctl: the connection ended during the upgrade; see the log of the daemon\n");
  assertEquals((await dinit.ended()).code, 1);
  dinit.start({ args: ["--host", "native"] });
  await dinit.until(
    () => dinit.lines.some((line) => line.includes("an earlier instance was killed")),
    "adoption",
  );
  assertEquals(await shown(dinit), before);
  assert(isRunning(await dinit.pidOf("web")));
  assertEquals((await dinit.stop()).code, 0);
});

native("a path is relative to the working directory of the command", async (start) => {
  await using dinit = start({ boot: internal() });
  await dinit.printed("[  OK  ] boot");
  program(dinit, "new", afterCheck(`exec ${dinitCommand([]).map((word) => `'${word}'`).join(" ")} "$@"`));
  const [command, ...args] = dinitCommand(["ctl", "-p", dinit.socket, "upgrade", "--exec=new"]);
  const { code, stdout } = await new Deno.Command(command, { args, cwd: dinit.directory }).output();
  const shown = new TextDecoder().decode(stdout);
  assertEquals([code, shown], [0, `${dinit.directory}/new has taken over.\n`]);
  assertEquals((await dinit.ctl("upgrade")).code, 0);
  assertEquals((await dinit.stop()).code, 0);
});
