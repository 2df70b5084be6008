/** The time from the kernel's last line until the services and the login are ready, for two inits. */

import type { Lab } from "./lab.ts";
import type { Machine } from "./machine.ts";
import { OUR_INIT } from "./product.ts";

/** One boot. All times are in seconds since the kernel started the init program. */
export interface BootTimes {
  /** When the login prompt appears on the serial console, by the clock of the host. */
  readonly login: number;
  /** When everything is started (`boot`, or `multi-user.target`), by the clock of the machine. */
  readonly complete: number;
}

/** An init program to measure. */
export interface Candidate {
  readonly name: string;
  readonly init: string;
  /** Asks a machine when everything was started, in seconds since the kernel began. */
  completion(machine: Machine): Promise<number>;
}

const OURS: Candidate = {
  name: "dinit",
  init: OUR_INIT,
  async completion(machine) {
    const { output } = await machine.run("dinitctl status --json boot; date +%s%N; cat /proc/uptime");
    const [status, now, uptime] = output.trim().split("\n");
    const since = Date.parse(JSON.parse(status).services[0].since);
    return Number.parseFloat(uptime) - (Number(now) / 1e6 - since) / 1000;
  },
};

/** The init of the distribution. */
export const DISTRIBUTION: Candidate = {
  name: "systemd",
  init: "/sbin/init",
  async completion(machine) {
    await machine.run("systemctl is-system-running --wait");
    const { output } = await machine.run(
      "systemctl show --value -p ActiveEnterTimestampMonotonic multi-user.target",
    );
    return Number(output) / 1e6;
  },
};

/** The inits to compare. */
export const CANDIDATES: readonly Candidate[] = [OURS, DISTRIBUTION];

/** Boots a new machine once. */
export async function bootOnce(lab: Lab, candidate: Candidate): Promise<BootTimes> {
  await using machine = lab.start(lab.disk(), [candidate.init]);
  await machine.logIn();
  const lines = machine.console.lines;
  const handOver = lines.find(({ text }) => text.includes(`Run ${candidate.init} as init process`));
  const prompt = lines.find(({ text }) => text.startsWith("vm login: "));
  const kernelTime = /^\[ *(\d+\.\d+)\]/.exec(handOver?.text ?? "")?.[1];
  if (handOver === undefined || prompt === undefined || kernelTime === undefined) {
    throw new Error(`the console does not tell when the boot began:\n${machine.console.text}`);
  }
  return {
    login: (prompt.time - handOver.time) / 1000,
    complete: await candidate.completion(machine) - Number(kernelTime),
  };
}

/** The median of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
