/** The hosts' cost of a process: time compared with a bare loop around `posix_spawn`, and memory. */

import {
  atMost,
  type BenchCase,
  type BenchContext,
  beside,
  type Measurement,
  partOf,
} from "./harness/mod.ts";
import type { Turns } from "./harness/host_parts.ts";

const PARTS = new URL("./harness/host_parts.ts", import.meta.url).href;
// A young generation of fixed size: its growth is not memory of a service.
const FLAGS = ["--v8-flags=--max-semi-space-size=1,--expose-gc"];

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const kinds = ["native", "command"];
  const turns: Record<string, Turns[]> = { native: [], command: [] };
  const memory: Record<string, number[]> = {};
  for (let run = 0; run < runs; run++) {
    for (const kind of kinds) {
      turns[kind].push(await partOf<Turns>(PARTS, ["turns", kind], FLAGS));
      for (const output of ["none", "buffer"]) {
        const kilobytes = await partOf<number>(PARTS, ["memory", kind, output], FLAGS);
        (memory[`${kind} ${output}`] ??= []).push(kilobytes);
      }
    }
  }
  return kinds.flatMap((kind): Measurement[] => {
    const native = kind === "native";
    const host = turns[kind].map(({ host }) => host);
    const bare = turns[kind].map(({ bare }) => bare);
    return [
      {
        what: `one process, ${kind} host`,
        unit: "ms",
        values: host,
        beside: [beside("a bare posix_spawn loop", host, bare, native ? atMost(1.3) : undefined)],
      },
      {
        what: `an idle service, ${kind} host`,
        unit: "KB",
        values: memory[`${kind} none`],
        ...native ? { limit: atMost(10) } : {},
      },
      {
        what: `a service with a full log buffer of 4 KB, ${kind} host`,
        unit: "KB",
        values: memory[`${kind} buffer`],
        ...native ? { limit: atMost(40) } : {},
      },
    ];
  });
}

export const bench: BenchCase = { about: "time and memory of one process", measure };
