import { assertEquals } from "@std/assert";
import { OrphanEnds } from "../../src/host/processes/orphan_ends.ts";
import { exitedWith } from "../../src/model/mod.ts";

const END = exitedWith(3);

Deno.test("a launch claims the end of its process, which was seen before the launch was over", () => {
  const ends = new OrphanEnds({ next: 5, oldest: 4 });
  ends.add(100, END);
  assertEquals(ends.claim(100, 4), END);
  assertEquals(ends.claim(100, 4), undefined);
});

Deno.test("a launch that began later does not claim the end of an earlier process with the same number", () => {
  const launches = { next: 5, oldest: 5 };
  const ends = new OrphanEnds(launches);
  ends.add(100, END);
  launches.next = 6;
  assertEquals(ends.claim(100, 5), undefined);
  assertEquals(ends.take(100), undefined); // the process that has the number now is another one
});

Deno.test("an end that no launch claims is that of an orphan", () => {
  const ends = new OrphanEnds({ next: 1, oldest: 0 });
  ends.add(100, END);
  assertEquals(ends.take(100), END);
});

Deno.test("ends are forgotten when there are too many, but never while a launch in flight may claim them", () => {
  const launches = { next: 1, oldest: 0 };
  const ends = new OrphanEnds(launches);
  for (let pid = 100; pid < 1100; pid++) ends.add(pid, END);
  assertEquals(ends.claim(100, 0), END);
  launches.oldest = launches.next;
  ends.add(2000, END);
  assertEquals(ends.take(101), undefined);
  assertEquals([ends.take(1099), ends.take(2000)], [END, END]);
});
