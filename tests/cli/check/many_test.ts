import { assert, assertEquals } from "@std/assert";
import { checkIn, Services } from "./_support.ts";

const COUNT = 10_000;

Deno.test("10,000 services that follow one another are checked, and nothing is found", async () => {
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
  const { out, status } = await checkIn(services);
  assert(out.length > 0);
  assertEquals(status, 0);
});
