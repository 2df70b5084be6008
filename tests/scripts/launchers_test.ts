/** The links and the launcher beside the compiled program, with a stand-in for it. */

import { rootOnly } from "../_needs.ts";
import { outputOf } from "../_processes.ts";
import { assertEquals } from "@std/assert";
import { LINKED_TOOLS, SHUTDOWN } from "../../src/options/programs.ts";
import { PROGRAM_WORDS, wordsOfName } from "../../src/options/program_names.ts";
import { say, writeDirectory } from "./_launchers.ts";

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-launchers-" });
  try {
    await run(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("the name of a link chooses the tool, and no link needs a shell", () =>
  inDirectory(async (directory) => {
    writeDirectory(directory);
    for (const [name] of PROGRAM_WORDS) {
      assertEquals(Deno.readLinkSync(`${directory}/${name}`), "dinit");
      assertEquals(
        await say(`${directory}/${name}`, ["a  b", "", "$HOME *"]),
        `${name} [a  b][][$HOME *] with /proc\n`,
      );
    }
    writeDirectory(directory); // a second time, over existing files
  }));

Deno.test("the name of the program stands for the words of a tool, in any folder", () => {
  const words = (...line: string[]) =>
    wordsOfName(new TextEncoder().encode(`${line.join("\0")}\0`)).join(" ");
  assertEquals(words("dinitctl", "list"), "ctl");
  assertEquals(words("/usr/bin/dinit-check"), "check");
  assertEquals(words("./dinit-monitor", "-e"), "monitor");
  assertEquals(words("/usr/bin/dinit-log", "dir"), "log");
  assertEquals(words("/sbin/shutdown"), "shutdown --called=shutdown");
  assertEquals(words("soft-reboot"), "shutdown --called=soft-reboot");
  for (const other of ["dinit", "/usr/bin/dinit", "/sbin/init", "dinitctl.old", "ctl", "toString", ""]) {
    assertEquals(words(other, "dinitctl"), "", other);
  }
  assertEquals(wordsOfName(new Uint8Array()), []);
  assertEquals(wordsOfName(Uint8Array.of(0xff, 0x2f, ...new TextEncoder().encode("halt"))), [
    "shutdown",
    "--called=halt",
  ]);
});

Deno.test("the names of the program are those of the tools and those that shutdown knows", () => {
  const tools = LINKED_TOOLS.filter((tool) => tool !== SHUTDOWN).map(({ name, word }) => [name, [word]]);
  const shutdown = [SHUTDOWN.name, ...SHUTDOWN.aliases].map((
    name,
  ) => [name, ["shutdown", `--called=${name}`]]);
  assertEquals([...PROGRAM_WORDS], [...tools, ...shutdown]);
});

Deno.test("dinit-init finds the program in a directory with an awkward name, by a relative path and by links", () =>
  inDirectory(async (directory) => {
    const awkward = `${directory}/it's $HOME; a "place"`;
    writeDirectory(awkward);
    assertEquals(await say(`${awkward}/dinit-init`, ["single"]), "dinit [single] with /proc\n");
    assertEquals(await say("./dinit-init", ["single"], awkward), "dinit [single] with /proc\n");
    assertEquals(await say("/bin/sh", ["dinit-init", "single"], awkward), "dinit [single] with /proc\n");
    Deno.symlinkSync(`${awkward}/dinit-init`, `${directory}/init`);
    assertEquals(await say(`${directory}/init`, ["a  b", ""]), "dinit [a  b][] with /proc\n");
  }));

/** Becomes process 1 in a read-only root like the machine's, with `$1` on /mnt, and without /proc. */
const AS_KERNEL = `
root=$1/root
mkdir "$root"
mount --bind / "$root"
mount --bind "$1" "$root/mnt"
mount --bind /dev "$root/dev"
mount -o remount,bind,ro "$root"
shift
exec chroot "$root" /usr/bin/env -i "$@"
`;

Deno.test({
  ...rootOnly(
    "dinit-init mounts /proc if the kernel has not, without an environment and in a read-only root",
    "needs namespaces",
  ),
  fn: () =>
    inDirectory(async (directory) => {
      writeDirectory(directory);
      const run = async (program: string) => {
        const words = ["--pid", "--mount", "--fork", "--propagation", "private", "--"];
        const { stdout, stderr } = await outputOf("unshare", {
          args: [...words, "sh", "-ec", AS_KERNEL, "sh", directory, `/mnt/${program}`, "single"],
        });
        Deno.removeSync(`${directory}/root`);
        return new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
      };
      assertEquals(await run("dinit"), "dinit [single] without /proc\n");
      assertEquals(await run("dinit-init"), "dinit [single] with /proc\n");
    }),
});
