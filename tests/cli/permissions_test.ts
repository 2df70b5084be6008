import { assert, assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { PermissionBroker } from "../../src/cli/ctl/permission_broker.ts";
import { PermissionJudge } from "../../src/cli/ctl/permission_judge.ts";
import { permissionLine, permissionWords } from "../../src/cli/ctl/permission_line.ts";
import { describe } from "../description/_support.ts";
import { ctl, StandIn, status } from "./_stand_in.ts";

/** Runs a program with Deno under the broker, or with the recorded words. */
async function run(code: string, env: Record<string, string>, flags: readonly string[] = []) {
  const { success, stderr } = await outputOf(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", ...flags, `data:text/javascript,${encodeURIComponent(code)}`],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  });
  return { success, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("the recorded words suffice for the program, and without any of them it fails", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-broker-" });
  const code = `Deno.readTextFileSync("/etc/passwd"); Deno.env.get("HOME"); Deno.env.get("PATH");
    Deno.listen({ hostname: "127.0.0.1", port: 0 }).close();`;
  try {
    const broker = new PermissionBroker(`${folder}/broker`, () => true);
    const recorded = await run(code, { DENO_PERMISSION_BROKER_PATH: `${folder}/broker` });
    broker.close();
    assertEquals(recorded, { success: true, stderr: recorded.stderr });
    const words = permissionWords(broker.requests.values());
    assertEquals(words.slice(0, 2), ["read=/etc/passwd", "env=HOME,PATH"]);
    assert(words.length === 3 && words[2].startsWith("net=127.0.0.1"), words.join());
    const flags = words.map((word) => `--allow-${word}`);
    const { success, stderr } = await run(code, {}, flags);
    assert(success, stderr);
    for (const flag of flags) {
      assert(!(await run(code, {}, flags.filter((other) => other !== flag))).success, flag);
    }
    // The judge decides as Deno does.
    for (const missing of [undefined, ...flags]) {
      const rest = flags.filter((flag) => flag !== missing);
      const judge = new PermissionJudge({ deno: Deno.execPath(), flags: rest, folder });
      const requests = [...broker.requests.values()];
      const granted = await Promise.all(requests.map((request) => judge.grants(request)));
      await judge.close();
      const denied = requests.filter((_, index) => !granted[index]);
      const words = permissionWords(denied);
      assertEquals(words.map((word) => `--allow-${word}`), missing === undefined ? [] : [missing]);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a kind of permissions can be denied while the others are recorded", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-broker-" });
  try {
    const broker = new PermissionBroker(`${folder}/broker`, ({ permission }) => permission !== "run");
    const code = `Deno.env.get("HOME"); await new Deno.Command("true").output();`;
    const { success, stderr } = await run(code, { DENO_PERMISSION_BROKER_PATH: `${folder}/broker` });
    broker.close();
    assert(!success && stderr.includes("run access"), stderr);
    const denied = [...broker.requests.values()].filter((request) => request.denied);
    assertEquals(new Set(denied.map(({ permission }) => permission)), new Set(["run"]));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("requests for all of a kind, and values that no line can have, become the word without a list", () => {
  const request = (permission: string, value?: string) => ({ permission, value });
  assertEquals(
    permissionWords([request("env", "A"), request("read", "/a,b"), request("env"), request("env", "B")]),
    [
      "env",
      "read",
    ],
  );
});

Deno.test("values with control characters become the word without a list: they end the line, or change the terminal", () => {
  for (const value of ["/a\nb", "/\x1b[2J", "/\x9b1m", "/a\tb"]) {
    assertEquals(permissionWords([{ permission: "read", value }]), ["read"]);
  }
});

Deno.test("a recorded line is read as it was recorded", () => {
  const words = ["read=/a b,/$x", 'write=/"q"#\\', "net=[::1]:80"];
  const { deno } = describe(`type = process\ndeno-script = a.ts\n${permissionLine(words)}\n`, {
    env: { DENO: "/d" },
  });
  assertEquals(deno.permissions, words);
});

Deno.test("permissions --record asks the daemon for a process with the broker, and then for an ordinary one", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-broker-" });
  try {
    const overview = { daemon: { socket: `${folder}/dinitctl` }, services: [] };
    const topics = { "record-begin 0": { began: true }, "record-end 0": { began: true } };
    await using daemon = new StandIn({ services: { web: status() }, overview, topics });
    const { out, status: code } = await ctl(daemon, "--json", "permissions", "web", "--record", "--for=1ms");
    const { line, startUp, later, denied } = JSON.parse(out);
    assertEquals([code, line, startUp, later, denied], [0, "deno-permissions =", [], [], []]);
    assertEquals([...Deno.readDirSync(folder)], []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("permissions says what is missing, and which service is not up", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-broker-" });
  try {
    const overview = { daemon: { socket: `${folder}/dinitctl` }, services: [] };
    await using daemon = new StandIn({
      services: { web: status() },
      overview,
      topics: { "record-begin 0": { began: false } },
    });
    assertEquals(
      (await ctl(daemon, "permissions", "web")).err,
      "dinitctl: permissions: say what to do: --record or --verify\n",
    );
    assertEquals(
      (await ctl(daemon, "permissions", "web", "--record", "--for", "1s")).err,
      "dinitctl: the service 'web' is not up, or is not of the type process: start it first\n",
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
