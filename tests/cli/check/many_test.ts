import { assert, assertEquals } from "@std/assert";
import { checkIn, Services } from "./_support.ts";

const COUNT = 10_000;
/** Checking takes ten to fifteen times as long as reading alone; what grows with the square would take thousands. */
const MAX_RATIO = 50;

Deno.test("checking 10,000 services takes a small multiple of the time for reading them", async () => {
  using services = new Services();
  const names = Array.from({ length: COUNT }, (_, i) => `service-${i}`);
  services.write("boot", names.map((name) => `waits-for = ${name}\n`).join(""));
  names.forEach((name, i) =>
    services.write(
      name,
      "type = process\ncommand = /bin/sh -c sleep\nrestart = on-failure\nrestart-delay = 0.5\nstop-timeout = 5\n" +
        `logfile = /tmp/${name}.log\n` + (i === 0 ? "" : `after = ${names[i - 1]}\n`),
    )
  );
  const read = performance.now();
  for (const name of names) Deno.readFileSync(services.path(name));
  const checked = performance.now();
  const { out, status } = await checkIn(services);
  const end = performance.now();
  const ratio = (end - checked) / (checked - read);
  assert(out.length > 0);
  assertEquals(status, 0);
  assert(ratio < MAX_RATIO, `${ratio}`);
});
