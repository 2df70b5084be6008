/**
 * The rows of section 16 of the lifecycle specification about order: chains, circles, and what starts when. The whole
 * daemon, with real processes. The rows before L40 are in `tests/host/`.
 */

import { assert, assertEquals } from "@std/assert";
import { awaitFile, both, enter, internal, process, scripted, type Services, type Start } from "./_hosts.ts";

both("L40: a chain continues while its services succeed, or always if configured", async (start) => {
  const part = (number: number, code: number, ...lines: string[]) =>
    process(`${enter(`part${number}`)}; exit ${code}`, "restart = no", ...lines);
  await using dinit = start({
    part1: part(1, 0, "chain-to = part2"),
    part2: part(2, 0, "chain-to = part3"),
    part3: part(3, 1, "chain-to = part4", "options = always-chain"),
    part4: part(4, 1, "chain-to = part5"),
    part5: part(5, 0),
  }, "part1");
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(dinit.read("journal"), "part1\npart2\npart3\npart4\n");
});

both("L41: a service may be ordered before its dependents, and all stop when it does", async (start) => {
  await using dinit = start({
    boot: internal("restart = no", "depends-on = middle"),
    middle: internal("depends-on = service"),
    service: process(enter("service"), "restart = no", "before = boot"),
  });
  assertEquals((await dinit.ended()).code, 0);
  assertEquals(dinit.read("journal"), "service\n");
  assert(!dinit.lines.some((line) => line.includes("cyclic")));
});

/** A test that `bad`, one of several services, cannot be loaded. */
const circle = (services: Services) => async (start: Start) => {
  await using dinit = start({ boot: internal(), ...services });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("start", "bad")).code, 1);
  const told = /^dinit: Could not load .*: has cyclic dependency\.$/;
  await dinit.until(() => dinit.lines.some((line) => told.test(line)), "the circle to be told");
  assert(!(await dinit.ctl("list", "--names")).stdout.includes("bad"));
};

both(
  "L42: two services that are each after the other cannot be loaded",
  circle({
    bad: internal("depends-on = ac1", "depends-on = ac2"),
    ac1: internal("after = ac2"),
    ac2: internal("after = ac1"),
  }),
);

both(
  "L43: a service that is both before and after another cannot be loaded",
  circle({
    bad: internal("depends-on = ba1", "depends-on = ba2"),
    ba1: internal(),
    ba2: internal("before = ba1", "after = ba1"),
  }),
);

both("L43: a service that is before itself cannot be loaded", circle({ bad: internal("before = bad") }));
both("L43: a service that is after itself cannot be loaded", circle({ bad: internal("after = bad") }));

both("L44: an ordering that remains after a dependency is removed still counts", async (start) => {
  await using dinit = start({
    boot: internal(),
    service1: scripted(`${awaitFile("go")}; ${enter("1")}`, "before = service2"),
    service2: scripted(enter("2"), "depends-on = service1"),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("rm-dep", "need", "service2", "service1")).code, 0);
  assertEquals((await dinit.ctl("start", "--no-wait", "service1")).code, 0);
  assertEquals((await dinit.ctl("start", "--no-wait", "service2")).code, 0);
  assertEquals((await dinit.ctl("is-started", "service2")).stdout, "STARTING\n");
  dinit.write("go", "");
  await dinit.printed("[  OK  ] service2");
  assertEquals(dinit.read("journal"), "1\n2\n");
});

both("L45: the order of before and after holds, also when services are loaded again", async (start) => {
  await using dinit = start({
    boot: internal(),
    parent: internal("depends-on = service3", "depends-on = service2", "depends-on = service1"),
    service1: scripted(`sleep 0.1; ${enter("1")}`, "before = service2"),
    service2: scripted(enter("2")),
    service3: scripted(enter("3"), "after = service2"),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("start", "parent")).code, 0);
  assertEquals(dinit.read("journal"), "1\n2\n3\n");
  assertEquals((await dinit.ctl("stop", "parent")).code, 0);
  for (const service of ["service1", "service2", "service3"]) await dinit.printed(`[STOPPD] ${service}`);
  assertEquals((await dinit.ctl("unload", "parent")).code, 0);
  const again = await dinit.ctl("unload", "service2");
  assertEquals([again.code, again.stderr], [0, ""]);
  assertEquals((await dinit.ctl("start", "parent")).code, 0);
  assertEquals(dinit.read("journal"), "1\n2\n3\n1\n2\n3\n");
});

both("L57: a command that several causes request at once runs once", async (start) => {
  await using dinit = start({
    boot: internal("waits-for = bb", "waits-for = dd", "waits-for = cc"),
    a1: scripted("sleep 0.2"),
    bb: scripted(enter("bb"), "depends-on = a1"),
    cc: internal("depends-on = a1", "before = bb"),
    dd: internal("depends-on = a1"),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals(dinit.read("journal"), "bb\n");
  assertEquals(dinit.lines.filter((line) => line === "[  OK  ] bb").length, 1);
});
