/** How a process enters its control group: without a shell, and through one where the machine does not allow that. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { exitedWith, LaunchStage } from "../../src/model/mod.ts";
import { plan, TestHost } from "./_host.ts";

const [ENOENT, EACCES, ENOSPC] = [2, 13, 28];

/** A hierarchy, version 1 or 2, in which groups can be made. */
const HIERARCHY = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].find(hasProcesses);

function hasProcesses(folder: string): boolean {
  try {
    return Deno.statSync(`${folder}/cgroup.procs`).isFile;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** A control group for a test, as a setting. Removed with `using`. */
class Group implements Disposable {
  readonly #folder = `${HIERARCHY}/dinit-test-${crypto.randomUUID()}`;

  constructor() {
    Deno.mkdirSync(this.#folder);
  }

  get setting(): string {
    return this.#folder.slice("/sys/fs/cgroup".length);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder);
  }
}

function inGroup(
  name: string,
  test: (host: TestHost, cgroup: string) => Promise<void>,
  wrapper: string[] = [],
): void {
  Deno.test({
    ...rootOnly(`native host: ${name}`, "makes a control group", HIERARCHY !== undefined),
    async fn() {
      using group = new Group();
      await using host = await TestHost.start("native", { wrapper });
      await test(host, group.setting);
    },
  });
}

const SHOW =
  'grep -c "$GROUP" /proc/$$/cgroup; ls -m /proc/$$/fd; tr "\\0" "\\n" </proc/$$/environ; echo "$0 $1"';

/** What a process sees that enters a group. */
async function seen(host: TestHost, cgroup: string): Promise<string[]> {
  const environment = new Map([["PATH", "/bin:/usr/bin"], ["GROUP", cgroup.replace(/.*\//, "")]]);
  await host.log(true);
  const output = { to: "buffer", size: 4096 } as const;
  await host.run(["/bin/sh", "-c", SHOW, "a=b", "c d"], { cgroup, environment, output });
  return (await host.log()).split("\n");
}

function expected(cgroup: string): string[] {
  return ["1", "0, 1, 2", "PATH=/bin:/usr/bin", `GROUP=${cgroup.replace(/.*\//, "")}`, "a=b c d", ""];
}

/** The file of the program that enters groups, in the folder of the host's descriptors. */
async function entryFile(host: TestHost): Promise<string | undefined> {
  const folder = `/proc/${(await host.inspect()).pid}/fd`;
  for (const { name } of Deno.readDirSync(folder)) {
    try {
      if (Deno.readLinkSync(`${folder}/${name}`).startsWith("/memfd:control group entry")) {
        return `${folder}/${name}`;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it was closed meanwhile
    }
  }
  return undefined;
}

inGroup(
  "a process enters its group with its arguments, its environment and no other descriptor",
  async (host, cgroup) => {
    assertEquals(await entryFile(host), undefined);
    assertEquals(await seen(host, cgroup), expected(cgroup));
    assert(await entryFile(host) !== undefined);
  },
);

inGroup("a machine that refuses to execute the program for that has a shell do it", async (host, cgroup) => {
  await seen(host, cgroup);
  Deno.chmodSync((await entryFile(host))!, 0o600);
  assertEquals(await seen(host, cgroup), expected(cgroup));
});

inGroup("a command that cannot be executed in a group fails as it does without one", async (host, cgroup) => {
  const file = `${host.folder}/file`;
  Deno.writeTextFileSync(file, "no program");
  for (const to of [{ to: "null" } as const, { to: "buffer", size: 10 } as const]) {
    for (const [argv, errno] of [["/no/program", ENOENT], ["no-program", ENOENT], [file, EACCES]] as const) {
      await host.launch(plan([argv], { cgroup, output: to }));
      assertEquals(await host.failure(), [LaunchStage.EXECUTE, errno]);
    }
  }
  Deno.writeTextFileSync(file, "#!/no/interpreter\n");
  Deno.chmodSync(file, 0o755);
  await host.launch(plan([file], { cgroup }));
  assertEquals(await host.failure(), [LaunchStage.EXECUTE, ENOENT]);
  await host.launch(plan(["/bin/true"], { cgroup, workingDir: "/no/folder" }));
  assertEquals(await host.failure(), [LaunchStage.CHANGE_DIRECTORY, ENOENT]);
});

inGroup("a file without a format is a script of the shell also in a group", async (host, cgroup) => {
  const file = `${host.folder}/script`;
  Deno.writeTextFileSync(file, 'test "$1" = "a b" && exit 7');
  Deno.chmodSync(file, 0o755);
  assertEquals(await host.run([file, "a b"], { cgroup }), exitedWith(7));
});

Deno.test({
  ...rootOnly(
    "native host: a group that refuses the process is the step that failed",
    "makes a control group",
    hasProcesses("/sys/fs/cgroup/cpuset"),
  ),
  async fn() {
    const name = `dinit-test-${crypto.randomUUID()}`;
    Deno.mkdirSync(`/sys/fs/cgroup/cpuset/${name}`); // without a processor
    try {
      await using host = await TestHost.start("native");
      await host.launch(plan(["/bin/true"], { cgroup: `/cpuset/${name}` }));
      assertEquals(await host.failure(), [LaunchStage.CGROUP, ENOSPC]);
    } finally {
      Deno.removeSync(`/sys/fs/cgroup/cpuset/${name}`);
    }
  },
});

const STRICT = 'echo 2 >/proc/sys/vm/memfd_noexec && exec "$0" "$@"';

inGroup(
  "where no file in memory may be executed, a shell enters the group, and everything else works",
  async (host, cgroup) => assertEquals(await seen(host, cgroup), expected(cgroup)),
  ["unshare", "--pid", "--mount", "--fork", "--mount-proc", "/bin/sh", "-c", STRICT],
);
