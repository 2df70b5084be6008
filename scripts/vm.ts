/**
 * Boots a Debian machine in an emulator with the output of `deno task compile`.
 *
 *     deno run -A scripts/vm.ts prepare           make the disk, and see whether machines can be had here
 *     deno run -A scripts/vm.ts run [WORD...]     boot it on this terminal; the words go to the kernel for init
 *     deno run -A scripts/vm.ts measure [RUNS]    time from kernel to login, beside the distribution's own init
 *     deno run -A scripts/vm.ts transcript        boot, log in, look around, power off; prints the serial console
 *
 * Needs root and some packages of Debian, and names missing ones. debootstrap makes the Debian system once, in the
 * directory `DINIT_VM_CACHE` (by default `dinit-vm` in the directory for temporary files).
 *
 * @module
 */

import { leaveNothingBehind } from "./process_guard.ts";
import { Lab } from "./vm/lab.ts";
import { bootOnce, type BootTimes, CANDIDATES, DISTRIBUTION, median } from "./vm/measure.ts";
import { OUR_INIT, REPOSITORY } from "./vm/product.ts";
import { reasonAgainst } from "./vm/programs.ts";
import { QEMU, qemuArguments } from "./vm/qemu.ts";

const COMMANDS: Readonly<Record<string, (lab: Lab, words: string[]) => void | Promise<void>>> = {
  async prepare(lab) {
    const { login } = await bootOnce(lab, DISTRIBUTION);
    console.log(`with the distribution's own init there is a login prompt after ${login.toFixed(1)} s`);
  },

  run(lab, words) {
    const options = { ...lab.parts(lab.disk()), init: [OUR_INIT, ...words] };
    console.log("The root password is `dinit`. `poweroff` ends the machine; so does Ctrl-A X.");
    new Deno.Command(QEMU, {
      args: [...qemuArguments(options), "-serial", "mon:stdio"],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).outputSync();
  },

  async measure(lab, [runs = "3"]) {
    const results = new Map<string, BootTimes[]>(CANDIDATES.map(({ name }) => [name, []]));
    for (let run = 1; run <= Number(runs); run++) {
      for (const candidate of CANDIDATES) {
        const times = await bootOnce(lab, candidate);
        results.get(candidate.name)?.push(times);
        console.log(
          `${candidate.name} ${run}: login ${times.login.toFixed(1)} s, complete ${
            times.complete.toFixed(1)
          } s`,
        );
      }
    }
    for (const what of ["login", "complete"] as const) {
      const [ours, theirs] = CANDIDATES.map(({ name }) =>
        median((results.get(name) ?? []).map((times) => times[what]))
      );
      console.log(
        `${what}, median: ${ours.toFixed(1)} s beside ${theirs.toFixed(1)} s, ratio ${
          (ours / theirs).toFixed(2)
        }`,
      );
    }
  },

  async transcript(lab) {
    await using machine = lab.start(lab.disk());
    await machine.logIn();
    for (const command of ["dinitctl list", "who -b", "ps -o pid,args -p 1"]) await machine.enter(command);
    await machine.type("poweroff\n");
    await machine.ended();
    const text = machine.console.text;
    console.log(text.slice(text.search(/^.*Run .* as init process/m)).trimEnd());
  },
};

async function main(): Promise<number> {
  const [name = "", ...words] = Deno.args;
  const command = COMMANDS[name];
  if (command === undefined) {
    console.error(`vm: what to do? One of: ${Object.keys(COMMANDS).join(", ")}`);
    return 1;
  }
  const reason = reasonAgainst();
  if (reason !== undefined) {
    console.error(`vm: there can be no virtual machine: ${reason}`);
    return 1;
  }
  using lab = await Lab.open(`${REPOSITORY}dist`);
  await command(lab, words);
  return 0;
}

leaveNothingBehind();
Deno.exit(await main());
