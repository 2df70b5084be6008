/** `dinit check` of 10,000 services that follow one another, and of 64 KB of mistakes, beside an empty Deno program. */

import {
  atMost,
  type BenchCase,
  type BenchContext,
  beside,
  dinitCommand,
  emptyProgram,
  inFolder,
  interleave,
  type Measurement,
  timeOf,
  writeServices,
} from "./harness/mod.ts";

const COUNT = 10_000;
/** How many lines with a mistake there are: 64 KB. */
const MISTAKES = 16_384;

function chain(): Record<string, string> {
  const names = Array.from({ length: COUNT }, (_, index) => `service-${index}`);
  const describe = (name: string, index: number) =>
    "type = process\ncommand = /bin/sh -c sleep\nrestart = on-failure\nrestart-delay = 0.5\nstop-timeout = 5\n" +
    `logfile = /tmp/${name}.log\n` + (index === 0 ? "" : `after = ${names[index - 1]}\n`);
  return {
    boot: names.map((name) => `waits-for = ${name}\n`).join(""),
    ...Object.fromEntries(names.map((name, index) => [name, describe(name, index)])),
  };
}

function measure({ runs }: BenchContext): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    writeServices(`${folder}/chain`, chain());
    writeServices(`${folder}/mistakes`, { boot: "type = internal\n" + "a=1\n".repeat(MISTAKES) });
    const check = (services: string, expected = 0) => {
      const [program, args] = dinitCommand(["check", "--services-dir", `${folder}/${services}`]);
      return () => timeOf(program, args, expected);
    };
    const { empty, services, mistakes } = await interleave(runs, {
      empty: emptyProgram(folder),
      services: check("chain"),
      mistakes: check("mistakes", 1),
    });
    const program = "an empty Deno program";
    return [
      { what: program, unit: "ms", values: empty },
      {
        what: `check ${COUNT} services`,
        unit: "ms",
        values: services,
        // What grows with the square of the number takes minutes.
        beside: [beside(program, services, empty, atMost(100))],
      },
      {
        what: `check ${MISTAKES} mistakes`,
        unit: "ms",
        values: mistakes,
        beside: [beside(program, mistakes, empty, atMost(30))],
      },
    ];
  });
}

export const bench: BenchCase = { about: "check 10,000 services, and 64 KB of mistakes", measure };
