import { assertEquals } from "@std/assert";
import { descriptorOfPath } from "../../src/host/output/own_descriptor.ts";

const LINKS: Readonly<Record<string, string>> = {
  "/var/log/access.log": "/dev/stdout",
  "/var/log/relative": "../../dev/./stderr",
  "/devices": "/dev",
  "/proc/self/fd/1": "/var/log/file", // as the kernel shows them: not to be followed
  "/loop": "/loop",
};

function linkAt(path: string): string {
  const target = LINKS[path];
  if (target === undefined) throw new Error("no link");
  return target;
}

Deno.test("exactly the paths of the daemon's descriptors mean them, under any name and through links", () => {
  const expected: Record<string, number | undefined> = {
    "/dev/stdin": 0,
    "/dev/stdout": 1,
    "//dev/./stderr": 2,
    "/dev/fd/7": 7,
    "/proc/self/fd/12": 12,
    "/proc/thread-self/fd/1": 1,
    [`/proc/${Deno.pid}/fd/1`]: 1,
    [`/proc/${Deno.pid}/task/9/fd/1`]: 1,
    "/var/log/access.log": 1,
    "/var/log/relative": 2,
    "/devices/fd/4": 4,
    "/var/../dev/stdout": 1,
    "stdout": 1,
    "../dev/fd/3": 3,
    "/proc/1/fd/1": Deno.pid === 1 ? 1 : undefined,
    "/dev/stdout/x": undefined,
    "/dev/fd": undefined,
    "/dev/fd/x": undefined,
    "/dev/null": undefined,
    "/var/log/file": undefined,
    "/loop": undefined,
    "": undefined,
  };
  for (const [path, fd] of Object.entries(expected)) {
    assertEquals(descriptorOfPath(path, "/dev", linkAt), fd, path);
  }
});
