/** What processes in a sandbox see, reach and change. */

import { assert, assertEquals } from "@std/assert";
import { NO_SANDBOX } from "../../src/model/mod.ts";
import { sandboxOptions } from "../../src/host/launch/sandbox_link.ts";
import { NOT_ROOT } from "../_needs.ts";
import { plan, TestHost } from "./_host.ts";

/** Whether bubblewrap is installed and may make namespaces here. */
const HAS_BWRAP = await canSandbox();

async function canSandbox(): Promise<boolean> {
  try {
    const options = ["--ro-bind", "/", "/", "--unshare-net", "--unshare-pid", "true"];
    return (await new Deno.Command("bwrap", { args: options, stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function sandboxed(name: string, test: (host: TestHost) => Promise<void>): void {
  Deno.test({
    name: `native host: ${name} (needs bubblewrap)`,
    ignore: !HAS_BWRAP,
    async fn() {
      await using host = await TestHost.start("native");
      await test(host);
    },
  });
}

const sandbox = (...words: string[]) => ({ sandbox: { words, writable: [] } });

Deno.test("the options of the sandbox keep the working directory and add what is writable last", () => {
  const options = sandboxOptions({
    sandbox: { words: ["read-only-root", "no-home", "no-network"], writable: ["/var/lib/x"] },
    workingDir: "/home/ann/web",
  }, (path) => path !== "/run/user");
  assertEquals(options.join(" ").split(" --").map((option) => option.replace(/^(?!--)/, "--")), [
    ...[
      "--ro-bind / /",
      "--dev-bind /dev /dev",
      "--unshare-net",
      "--perms 0755",
      "--tmpfs /home",
      "--perms 0755",
    ],
    ...["--tmpfs /root", "--ro-bind /home/ann/web /home/ann/web", "--bind /var/lib/x /var/lib/x"],
    "--chdir /home/ann/web",
  ]);
  assertEquals(sandboxOptions({ sandbox: NO_SANDBOX, workingDir: "/" }, () => true), [
    ...["--dev-bind", "/", "/", "--chdir", "/"],
  ]);
});

sandboxed(
  "without no-network there is a network, with it really none but the loopback interface",
  async (host) => {
    const interfaces = "sed -n 's/ *\\([^:]*\\):.*/\\1/p' /proc/net/dev | sort | tr '\\n' ' '";
    const outside = await host.output(interfaces);
    assertEquals(await host.output(interfaces, sandbox("private-ipc")), outside);
    assertEquals(await host.output(interfaces, sandbox("no-network")), "lo ");
  },
);

sandboxed("with read-only-root only the writable paths can be changed", async (host) => {
  const folder = Deno.makeTempDirSync({ dir: "/var/tmp", prefix: "dinit-sandbox-" });
  try {
    const script =
      `touch /usr/x 2>/dev/null || echo refused; touch ${folder}/y && echo written; cd /tmp && pwd`;
    const output = await host.output(script, {
      sandbox: { words: ["read-only-root", "private-tmp"], writable: [folder] },
    });
    assertEquals(output, "refused\nwritten\n/tmp\n");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["y"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

sandboxed("private-tmp, private-dev, private-pid and no-home hide what is outside", async (host) => {
  const words = sandbox("private-tmp", "private-dev", "private-pid", "no-home");
  const script =
    "ls -A /tmp | wc -l; ls -A /home | wc -l; ls /dev | grep -c '^null$'; ls -d /proc/[0-9]* | wc -l";
  const [tmp, home, nulls, processes] = (await host.output(script, words)).trim().split("\n").map(Number);
  assertEquals([tmp, home, nulls], [0, 0, 1]);
  assert(processes < 10, `${processes} processes`);
});

sandboxed(
  "a process in a sandbox has the signals, the descriptors and the environment of any other",
  async (host) => {
    const script = "grep -E '^Sig(Blk|Ign)' /proc/self/status; ls -m /proc/$$/fd; env | sort | grep -v '^_='";
    const outside = await host.output(script, { nice: 1 });
    assertEquals(await host.output(script, { ...sandbox("private-pid", "no-network"), nice: 1 }), outside);
  },
);

sandboxed(
  "a signal to the group lets the program end in order, and its exit status arrives",
  async (host) => {
    await host.launch(
      plan(["sh", "-c", "trap 'sleep 0.2; exit 3' TERM; echo up; while :; do sleep 0.1; done"], {
        output: { to: "buffer", size: 1000 },
        ...sandbox("private-pid", "no-network"),
      }),
    );
    await host.executed();
    await host.logWith("up");
    await host.signal(1, "main", 15, true);
    assertEquals(await host.exit(), { kind: "exited", code: 3 });
  },
);

sandboxed("KILL to the group ends everything in the sandbox", async (host) => {
  await host.launch(
    plan(["sh", "-c", "sleep 1000 & echo up; wait"], {
      output: { to: "buffer", size: 1000 },
      ...sandbox("private-pid"),
    }),
  );
  await host.executed();
  await host.logWith("up");
  await host.signal(1, "main", 9, true);
  assertEquals(await host.exit(), { kind: "killed", signal: 9, core: false });
  await host.withoutChildren();
});

sandboxed("a program that does not exist cannot be executed in a sandbox, too", async (host) => {
  await host.launch(plan(["/no/such/program"], sandbox("no-network")));
  const [, errno] = await host.failure();
  assertEquals(errno, 2);
});

Deno.test({
  name: "native host: the process becomes its user inside of the sandbox (needs bubblewrap; root only)",
  ignore: !HAS_BWRAP || NOT_ROOT,
  async fn() {
    await using host = await TestHost.start("native");
    const runAs = { uid: 65534, gid: 65534, name: "nobody" };
    const changes = { runAs, workingDir: "/", ...sandbox("private-tmp", "private-pid") };
    assertEquals(await host.output("id -u; touch /tmp/x && echo written", changes), "65534\nwritten\n");
  },
});
