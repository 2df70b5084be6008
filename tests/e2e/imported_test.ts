/** Descriptions that `dinit import` has made, in the real daemon. */

import { assertEquals } from "@std/assert";
import { Dinit, runDinit } from "./_dinit.ts";

const COMPOSE = `name: boot
services:
  web:
    command: ["sleep", "1000"]
    depends_on:
      db: { condition: service_healthy }
      init: { condition: service_completed_successfully }
      cache: { condition: service_started }
  db:
    command: sh -c 'touch ready; exec sleep 1000'
    depends_on: [init]
    healthcheck: { test: ["CMD", "test", "-e", "ready"], start_interval: 20ms }
  cache:
    command: sleep 1000
    depends_on: { db: { condition: service_healthy } }
  init:
    command: sh -c 'test ! -e ready'
`;

Deno.test("a compose file with all conditions is imported and starts in order", async () => {
  await using dinit = new Dinit({});
  dinit.write("compose.yaml", COMPOSE);
  const { code, stderr } = await runDinit([
    "import",
    `${dinit.directory}/compose.yaml`,
    `--to=${dinit.directory}/sd`,
  ]);
  assertEquals([code, stderr], [0, ""]);
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  const started = dinit.lines.filter((line) => line.startsWith("[  OK  ]")).map((line) => line.slice(9));
  assertEquals(started, ["init", "db", "cache", "web", "boot"]);
});
