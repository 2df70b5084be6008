import { assertEquals } from "@std/assert";
import { checkIn, findings, SECONDARY_DONE, Services } from "./_support.ts";

const CONSUMER = "type = process\ncommand = /bin/sh\nconsumer-of = p\n";
const PRODUCER = "type = process\ncommand = /bin/sh\nlog-type = pipe\n";

for (
  const [producer, ...lines] of [
    [
      "type = process\ncommand = /bin/sh\n",
      "Service 's': specified as consumer of service 'p' which has log-type that is not 'pipe'.",
    ],
    ["", "Service 's': specified as consumer of service 'p' which is not a process-based service."],
    [
      undefined,
      "Unable to load service 'p': service description not found.",
      "Warning: Service 's' specified as consumer of service 'p' which was not found.",
    ],
  ] as const
) {
  Deno.test(`a consumer of ${JSON.stringify(producer)}: ${lines.at(-1)}`, async () => {
    const files: Record<string, string> = producer === undefined
      ? { s: CONSUMER }
      : { s: CONSUMER, p: producer };
    assertEquals(await findings(files), { lines: [...lines], status: 1 });
  });
}

Deno.test("one service reads the output of another, not two", async () => {
  assertEquals(await findings({ s: CONSUMER, p: PRODUCER }), { lines: [], status: 0 });
  assertEquals(await findings({ s: `${CONSUMER}depends-on = t\n`, t: CONSUMER, p: PRODUCER }), {
    lines: ["Service 't': the 'consumer-of' setting specifies a service that already has a consumer"],
    status: 1,
  });
});

function chain(length: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length }, (_, i) => [`a${i}`, i + 1 < length ? `depends-on = a${i + 1}\n` : ""]),
  );
}

Deno.test("a chain of 32 services gives no finding", async () => {
  assertEquals(await findings(chain(32), "a0"), { lines: [], status: 0 });
});

Deno.test("for a longer chain the first excess service is named and does not count, and nothing after it is loaded", async () => {
  using services = new Services(chain(40));
  const { out, err, status } = await checkIn(services, ["a0"]);
  assertEquals(err, `Service 'a32' exceeds maximum allowed dependency depth (32).\n${SECONDARY_DONE}`);
  assertEquals([out.includes("a32..."), out.includes("a33...")], [true, false]);
  assertEquals(status, 0);
  assertEquals((await checkIn(services, ["a8"])).err, SECONDARY_DONE);
});

for (
  const [files, ...cycle] of [
    [{ s: "depends-on = s\n" }, "s ->", "s ->", "s."],
    [{ s: "depends-on = t\n", t: "waits-for = s\n" }, "s ->", "t ->", "s."],
    [{ s: "before = t\ndepends-on = t\n", t: "" }, "s ->", "t -> (via 'before')", "s."],
    [{ s: "after = t\n", t: "depends-ms = s\n" }, "s -> (via 'after')", "t ->", "s."],
    [{ s: "before = t\n", t: "before = s\n" }, "s -> (via 'before')", "t -> (via 'before')", "s."],
    [{ s: "depends-on = a\n", a: "depends-on = b\n", b: "depends-on = a\n" }, "a ->", "b ->", "a."],
  ] as const
) {
  Deno.test(`a cycle is shown: ${JSON.stringify(files)}`, async () => {
    assertEquals(await findings(files), {
      lines: ["Found dependency cycle:", ...cycle.map((line) => `    ${line}`)],
      status: 1,
    });
  });
}

Deno.test("only one of several cycles is shown", async () => {
  const { lines } = await findings({ s: "depends-on = s\ndepends-on = t\n", t: "depends-on = t\n" });
  assertEquals(lines.filter((line) => line.startsWith("Found")).length, 1);
});

Deno.test("services that share dependencies are no cycle", async () => {
  const files = {
    s: "depends-on = a\ndepends-on = b\nafter = a\n",
    a: "depends-on = c\nbefore = b\n",
    b: "depends-on = c\n",
  };
  assertEquals(await findings({ ...files, c: "before = s\n" }), { lines: [], status: 0 });
});

Deno.test("only cycles that the named services reach are reported", async () => {
  assertEquals((await findings({ s: "", t: "depends-on = t\n" })).status, 0);
});
