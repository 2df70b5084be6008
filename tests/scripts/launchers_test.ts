/** The launchers beside the compiled program, with a stand-in for it. */

import { outputOf } from "../_processes.ts";
import { assertEquals } from "@std/assert";
import { LAUNCHERS } from "../../scripts/install/launchers.ts";
import { say, writeLaunchers } from "./_launchers.ts";

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-launchers-" });
  try {
    await run(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("each launcher puts its words in front of its arguments, which stay as they are", () =>
  inDirectory(async (directory) => {
    writeLaunchers(directory);
    const said: Record<string, string> = {};
    for (const { name } of LAUNCHERS) said[name] = await say(`${directory}/${name}`, ["a  b", "", "$HOME *"]);
    const rest = "[a  b][][$HOME *] with /proc\n";
    assertEquals(said, {
      "dinitctl": `[ctl]${rest}`,
      "dinit-check": `[check]${rest}`,
      "dinit-monitor": `[monitor]${rest}`,
      "shutdown": `[shutdown][--called=shutdown]${rest}`,
      "halt": `[shutdown][--called=halt]${rest}`,
      "poweroff": `[shutdown][--called=poweroff]${rest}`,
      "reboot": `[shutdown][--called=reboot]${rest}`,
      "soft-reboot": `[shutdown][--called=soft-reboot]${rest}`,
      "dinit-init": rest,
    });
  }));

Deno.test("a launcher finds the program in a directory with an awkward name, and by a relative path", () =>
  inDirectory(async (directory) => {
    const awkward = `${directory}/it's $HOME; a "place"`;
    writeLaunchers(awkward);
    assertEquals(await say(`${awkward}/dinitctl`, ["list"]), "[ctl][list] with /proc\n");
    assertEquals(await say("./dinitctl", ["list"], awkward), "[ctl][list] with /proc\n");
    assertEquals(await say("/bin/sh", ["dinitctl", "list"], awkward), "[ctl][list] with /proc\n");
  }));

Deno.test("a launcher that is called by links finds the program beside itself", () =>
  inDirectory(async (directory) => {
    writeLaunchers(`${directory}/the program`);
    Deno.mkdirSync(`${directory}/bin`);
    Deno.symlinkSync("../the program/dinitctl", `${directory}/bin/first`);
    Deno.symlinkSync(`${directory}/bin/first`, `${directory}/bin/second`);
    Deno.symlinkSync("../the program/dinit-init", `${directory}/bin/init`);
    Deno.symlinkSync("the program", `${directory}/linked`);
    assertEquals(await say(`${directory}/bin/first`), "[ctl] with /proc\n");
    assertEquals(await say(`${directory}/bin/second`), "[ctl] with /proc\n");
    assertEquals(await say(`${directory}/bin/init`, ["single"]), "[single] with /proc\n");
    assertEquals(await say(`${directory}/linked/halt`), "[shutdown][--called=halt] with /proc\n");
  }));

/** Becomes process 1 in a root like the machine's that cannot be written to, with `$1` on /mnt, and without /proc. */
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
  name: "dinit-init mounts /proc where the kernel has not, without an environment and in a read-only root",
  ignore: Deno.uid() !== 0, // namespaces need root
  fn: () =>
    inDirectory(async (directory) => {
      writeLaunchers(directory);
      const run = async (program: string) => {
        const words = ["--pid", "--mount", "--fork", "--propagation", "private", "--"];
        const { stdout, stderr } = await outputOf("unshare", {
          args: [...words, "sh", "-ec", AS_KERNEL, "sh", directory, `/mnt/${program}`, "single"],
        });
        Deno.removeSync(`${directory}/root`);
        return new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
      };
      assertEquals(await run("dinit"), "[single] without /proc\n");
      assertEquals(await run("dinit-init"), "[single] with /proc\n");
    }),
});
