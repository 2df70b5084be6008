import { assert, assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";

const PROGRAM = `
  const { loadHost, NO_RECORD } = await import(Deno.args[0]);
  const nothing = () => {};
  let executed = nothing, ended = nothing;
  const reports = {
    launched: nothing, execSucceeded: nothing, execFailed: (...facts) => ended(facts), exited: (...facts) => ended(facts.at(-1)),
    ready: nothing, readinessClosed: nothing, allKilled: nothing,
  };
  try {
    const host = (await loadHost(Deno.args[1]))(reports, NO_RECORD);
    host.begin();
    const end = new Promise((resolve) => ended = resolve);
    host.launch({
      id: 1, role: "main", name: "x", argv: ["/bin/sh", "-c", "exit 3"], environment: new Map(), workingDir: "/",
      output: { to: "buffer", size: 10 }, session: "own", limits: [], group: { mode: "" }, sandbox: { words: [], writable: [] }, cgroup: "", capabilities: "", secureBits: [],
    });
    console.log(host.kind, JSON.stringify(await end));
  } catch (error) {
    console.log(error.name, error.message);
  }
  Deno.exit(0);
`;

/** Makes a host in a program with few permissions and has it run something. */
async function run(kind: string, grants: string[]): Promise<string> {
  const path = Deno.makeTempFileSync({ suffix: ".js" });
  Deno.writeTextFileSync(path, PROGRAM);
  const module = new URL("../../src/host/mod.ts", import.meta.url).href;
  const args = [
    "run",
    "--no-prompt",
    "--quiet",
    "--no-check",
    "--allow-import",
    "--allow-read",
    "--allow-run=/bin/sh",
  ];
  const { stdout, stderr } = await outputOf(Deno.execPath(), {
    args: [...args, ...grants, path, module, kind],
  });
  Deno.removeSync(path);
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

const LIBC = `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`;
const EXIT = '{"kind":"exited","code":3}\n';

Deno.test("the native host is used if the C library may be loaded, even if nothing else may be", async () => {
  assertEquals(await run("auto", ["--allow-ffi", "--allow-sys=uid,gid"]), `native ${EXIT}`);
  assertEquals(await run("auto", [`--allow-ffi=${LIBC}`, "--allow-sys=uid,gid"]), `native ${EXIT}`);
});

Deno.test("without that grant the command host is used, unless the native one is forced", async () => {
  assertEquals(await run("auto", ["--allow-sys=uid,gid"]), `command ${EXIT}`);
  const refusal = await run("native", ["--allow-sys=uid,gid"]);
  assert(
    refusal.startsWith(
      "HostUnavailableError Cannot start processes natively: the native host needs --allow-ffi",
    ),
  );
});

Deno.test("the command host can be forced", async () => {
  assertEquals(await run("command", ["--allow-ffi"]), `command ${EXIT}`);
});
