import { assertEquals } from "@std/assert";
import { limitAtStart, type LimitSources } from "../../src/host/launch/open_file_limit.ts";

type Ancestor = readonly [pid: number, program: string, soft: number, hard: number];

/** A daemon with a limit, and its ancestors, the nearest first. */
function sources(
  own: readonly [number, number],
  raised: boolean,
  ancestors: readonly Ancestor[],
): LimitSources {
  return {
    limitOf: (pid) => {
      if (pid === undefined) return { soft: BigInt(own[0]), hard: BigInt(own[1]) };
      const [, , soft, hard] = ancestors.find(([other]) => other === pid) ?? [];
      return soft === undefined ? undefined : { soft: BigInt(soft), hard: BigInt(hard!) };
    },
    process: (pid) => {
      const at = ancestors.findIndex(([other]) => other === pid);
      return at === -1 ? undefined : { program: ancestors[at][1], parent: ancestors[at + 1]?.[0] ?? 0 };
    },
    parent: ancestors[0]?.[0] ?? 0,
    raised,
  };
}

function softLimit(...args: Parameters<typeof sources>): number {
  return Number(limitAtStart(sources(...args))!.soft);
}

Deno.test("a limit that the runtime did not raise is the original limit", () => {
  assertEquals(softLimit([256, 4096], false, [[7, "sh", 1024, 4096]]), 256);
  assertEquals(softLimit([4096, 4096], false, [[7, "sh", 1024, 4096]]), 4096);
  assertEquals(softLimit([256, 4096], true, [[7, "sh", 1024, 4096]]), 256);
});

Deno.test("a limit that the runtime raised is replaced by that of the nearest ancestor that does not raise its own", () => {
  assertEquals(softLimit([4096, 4096], true, [[7, "sh", 1024, 4096]]), 1024);
  const task: Ancestor[] = [[9, "deno", 4096, 4096], [8, "node", 4096, 4096], [7, "sh", 1024, 4096]];
  assertEquals(softLimit([4096, 4096], true, task), 1024);
});

Deno.test("a limit that was set on purpose, or is unknown, is kept", () => {
  assertEquals(softLimit([4096, 4096], true, [[7, "sh", 1024, 8192]]), 4096);
  assertEquals(softLimit([4096, 4096], true, [[9, "sh", 4096, 4096], [7, "sshd", 1024, 4096]]), 4096);
  assertEquals(softLimit([4096, 4096], true, []), 4096);
  assertEquals(limitAtStart({ ...sources([0, 0], true, []), limitOf: () => undefined }), undefined);
});
