import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { fromSources } from "../_needs.ts";
import { Dinit, dinitCommand, isRunning, type Result, ROOT, runDinit } from "./_dinit.ts";

/** The words of a task after `deno run`: permissions, then the arguments of the program. */
function taskWords(task: "start" | "ctl", directory: string): { permissions: string[]; args: string[] } {
  const config = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const command: string = config.tasks[task].command.split("deno run ")[1];
  const words = command.replaceAll("$PWD", directory)
    .replace("--allow-read=src,", `--allow-read=${ROOT}src,`) // the sources are not in the example's directory
    .match(/(?:[^\s"]|"[^"]*")+/g)!.map((word) => word.replaceAll('"', "")); // the command has words
  const script = words.indexOf("main.ts");
  return { permissions: words.slice(0, script), args: words.slice(script + 1) };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const entry of Deno.readDirSync(from)) {
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory) copyFolder(source, target);
    else if (entry.isSymlink) Deno.symlinkSync(Deno.readLinkSync(source), target);
    else Deno.copyFileSync(source, target);
  }
}

/** The example in a separate directory, on free ports, with the permissions of `deno task start`. */
class Example {
  readonly dinit = new Dinit({});
  readonly storePort: number;
  readonly webPort: number;

  /** The ports that the settings name are free ones, unless they are given. */
  constructor({ storePort = freePort(), webPort = freePort() } = {}) {
    this.storePort = storePort;
    this.webPort = webPort;
    const { directory } = this.dinit;
    copyFolder(`${ROOT}services`, `${directory}/services`);
    const environment = this.dinit.read("services/environment")
      .replace(/^STORE_PORT=.*$/m, `STORE_PORT=${this.storePort}`)
      .replace(/^WEB_PORT=.*$/m, `WEB_PORT=${this.webPort}`);
    this.dinit.write("services/environment", environment);
    Deno.mkdirSync(`${directory}/run`);
  }

  /** Starts it; `without` leaves a permission out. */
  start(without?: string): this {
    const { permissions, args } = taskWords("start", this.dinit.directory);
    const granted = permissions.filter((word) => without === undefined || !word.startsWith(without));
    this.dinit.start({ permissions: granted, words: args });
    return this;
  }

  ctl(...words: string[]) {
    return runDinit(["ctl", "--socket-path", `${this.dinit.directory}/run/dinitctl`, ...words]);
  }

  webLog(): string {
    return this.dinit.read("run/log/web.log");
  }

  /** The address of the page, as `web` has logged it last. */
  address(): string {
    return this.webLog().match(/http:\S+/g)!.at(-1)!;
  }

  /** Runs `deno task ctl`: in the example's directory, with the permissions of the task. */
  async task(...words: string[]): Promise<Result> {
    const { directory } = this.dinit;
    const { permissions, args } = taskWords("ctl", directory);
    const program = dinitCommand([...args, ...words]).map((word) =>
      word === "--allow-all" ? permissions : word
    );
    const [command, ...rest] = program.flat();
    const output = await outputOf(command, { args: rest, cwd: directory });
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
  }

  async pidOf(service: string): Promise<number> {
    return Number(/Process ID: (\d+)/.exec((await this.ctl("status", service)).stdout)?.[1]);
  }

  /** The page, once its port is open: `web` counts as started as soon as its program runs. */
  async page(): Promise<string> {
    return await until(async () => {
      try {
        return await page(`http://127.0.0.1:${this.webPort}/`);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }, "the page");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dinit[Symbol.asyncDispose]();
  }
}

async function page(address: string): Promise<string> {
  return await (await fetch(address)).text();
}

const PROCESSES = ["store", "web", "worker", "audit", "flaky", "clock@UTC"];

Deno.test("the example runs with the permissions of its task, rolls back, restarts, and ends", async () => {
  await using example = new Example().start();
  const { dinit } = example;
  await dinit.printed("[  OK  ] boot");
  assertStringIncludes(await example.page(), "<title>");

  const store = await example.pidOf("store");
  Deno.kill(store, "SIGKILL");
  await dinit.printed("[STOPPD] web");
  await dinit.printed("[  OK  ] web", 2);
  assert(!isRunning(store) && await example.pidOf("store") !== store);
  assertStringIncludes(await example.page(), "<title>");

  const refused = await example.ctl("stop", "store");
  assertEquals(refused.code, 1);
  assertStringIncludes(
    refused.stderr,
    "dinitctl: cannot stop service 'store' due to the following dependents:",
  );
  assertEquals((await example.ctl("stop", "web")).stdout, "Service 'web' stopped.\n");
  assertEquals((await example.ctl("start", "web")).stdout, "Service 'web' started.\n");
  const restarted = await example.ctl("restart", "store", "--force");
  assertEquals(restarted.stdout, "Service 'store' stopped.\nService 'store' started.\n");
  await dinit.until(() => dinit.lines.filter((line) => line === "[  OK  ] worker").length >= 3, "the worker");

  const overview = (await example.ctl("status")).stdout;
  assertStringIncludes(overview, "9 services");
  const pids = await Promise.all(PROCESSES.map((service) => example.pidOf(service)));
  assertEquals((await dinit.stop("SIGINT")).code, 0);
  assertEquals(pids.filter((pid) => isRunning(pid)), []);
});

Deno.test("at a terminal the example shows its services, how to open the page, and stops with a key", async () => {
  await using example = new Example();
  const { directory } = example.dinit;
  const { permissions, args } = taskWords("start", directory);
  const words = dinitCommand(args).flatMap((word) => word === "--allow-all" ? permissions : [word]);
  const line = words.map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", `stty cols 80 rows 40; exec ${line}`, "/dev/null"],
    cwd: directory,
    env: { TERM: "xterm", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  let output = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) output += decoder.decode(chunk, { stream: true });
  })();
  const input = child.stdin.getWriter();
  try {
    await until(() => output.includes("8 of 8 ready in "), () => output);
    assertStringIncludes(output, "A page in the browser: deno task -q web");
    await until(() => output.includes("web         │ showing the store on http://127.0.0.1:"), () => output);
    assert(!output.includes("[  OK  ]"), output);
    await input.write(new TextEncoder().encode("q"));
    assertEquals((await endOf(child, () => output)).code, 0);
    await reading;
    assertStringIncludes(output, "dinit: stopped in ");
  } finally {
    killUnlessEnded(child, "SIGTERM");
    await input.close().catch(() => {}); // the terminal has gone
  }
});

Deno.test("every command that the example recommends works with the permissions of its task", async () => {
  await using example = new Example().start();
  const { dinit } = example;
  await dinit.printed("[  OK  ] boot");
  const entries = () =>
    [...Deno.readDirSync(`${dinit.directory}/services/boot.d`)].map(({ name }) => name).sort();
  const before = entries();
  const outputs: [words: string, out: string][] = [
    ["disable worker", "Service 'worker' has been disabled.\n"],
    ["enable worker", "Service 'worker' has been enabled.\nService 'worker' started.\n"],
    ["reload audit", "Service 'audit' reloaded.\n"],
    ["stop web", "Service 'web' stopped.\n"],
    ["start web", "Service 'web' started.\n"],
    ["wait web --for=started", "Service 'web' started.\n"],
    ["is-started boot", "STARTED\n"],
    ["restart store --force", "Service 'store' stopped.\nService 'store' started.\n"],
    ["--offline -d services disable audit", "Service 'audit' has been disabled.\n"],
    ["--offline -d services enable audit", "Service 'audit' has been enabled.\n"],
  ];
  for (const [words, out] of outputs) {
    assertEquals([words, await example.task(...words.split(" "))], [words, {
      code: 0,
      stdout: out,
      stderr: "",
    }]);
  }
  await Promise.all(
    ["list", "status", "status web", "tree", "graph", "--help", "status --long"].map(async (words) => {
      const { code, stderr, stdout } = await example.task(...words.split(" "));
      assertEquals([words, code, stderr, stdout === ""], [words, 0, "", false]);
    }),
  );
  assertEquals(entries(), before);
  // What was enabled under these permissions is no link; it counts and it can be disabled all the same.
  assertEquals((await example.task("disable", "worker")).code, 0);
  assertEquals(entries(), before.filter((name) => name !== "worker"));
  assertEquals((await example.task("shutdown")).stdout, "Shutting down dinit...\nConnection closed.\n");
  await dinit.ended();
});

Deno.test("two clones of the example run at the same time with the same settings", async () => {
  await using one = new Example();
  await using two = new Example({ storePort: one.storePort, webPort: one.webPort });
  one.start();
  two.start();
  for (const { dinit } of [one, two]) await dinit.printed("[  OK  ] boot");
  await Promise.all([one, two].map(async (example) => {
    await example.dinit.until(
      () => example.webLog().includes("showing the store on"),
      "the address of the page",
    );
    const lasting = PROCESSES.filter((service) => service !== "flaky");
    await Promise.all(lasting.map(async (service) => {
      assertEquals((await example.ctl("is-started", service)).stdout, "STARTED\n", service);
    }));
  }));
  const addresses = [one, two].map((example) => example.address());
  assert(addresses[0] !== addresses[1], addresses.join());
  for (const address of addresses) assertStringIncludes(await soon(page(address), "the page"), "clock.UTC");
  assertEquals(
    [one, two].filter((example) => example.dinit.lines.includes("[STOPPD] web")),
    [],
  );
  const { stdout } = await two.ctl("catlog", "web");
  assertStringIncludes(stdout, two.address());
});

Deno.test("a service of the example that fails says why on the console and in its status", async () => {
  await using example = new Example();
  const environment = example.dinit.read("services/environment").replace(/^WEB_PORT=.*$/m, "WEB_PORT=none");
  example.dinit.write("services/environment", environment);
  const { dinit } = example.start();
  const why = "web: WEB_PORT must be a whole number from 1 to 65535, not 'none'";
  await dinit.printed(
    `    web: given up after 3 restarts in 10 s; its log is ${dinit.directory}/run/log/web.log`,
  );
  assert(dinit.lines.includes(`    web > ${why}`), dinit.lines.join("\n"));
  assertStringIncludes((await example.ctl("status", "--long", "web")).stdout, why);
  assertEquals((await example.ctl("is-started", "store")).stdout, "STARTED\n");
});

Deno.test({
  ...fromSources("the next daemon ends leftovers, with the permissions of the task"), // the binary adopts them
  fn: async () => {
    await using example = new Example().start();
    const { dinit } = example;
    await dinit.printed("[  OK  ] boot");
    const left = await example.pidOf("store");
    await dinit.stop("SIGKILL");
    assert(isRunning(left));
    example.start();
    await dinit.printed("[  OK  ] boot", 2);
    assert(!isRunning(left));
    assert(
      dinit.lines.some((line) =>
        line.includes("an earlier instance was killed") && line.includes("store (pid")
      ),
    );
  },
});

const MISSING: [grant: string, says: string][] = [
  ["--allow-run", "can't launch process: permission denied: run access"],
  ["--allow-read", "--allow-read="],
  ["--allow-write", "--allow-write="],
  ["--allow-net", "--allow-net=unix:"],
  ["--allow-env", "permission denied: env access is needed (grant --allow-env)"],
  ["--allow-sys", 'permission denied: sys access to "uid" is needed (grant --allow-sys=uid)'],
];
for (const [grant, says] of MISSING) {
  Deno.test({
    ...fromSources(`a missing ${grant} is named`),
    fn: async () => {
      await using example = new Example().start(grant);
      const { dinit } = example;
      await dinit.until(() => dinit.lines.some((line) => line.includes(says)), says);
      assert(dinit.lines.some((line) => line.startsWith("dinit: ") && line.includes(grant)));
    },
  });
}
