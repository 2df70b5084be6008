/** Pods of the split form: what each waits for. */

import { assertEquals } from "@std/assert";
import { Services } from "../../description/_support.ts";
import { objects, run } from "./_export.ts";

const PORT = "type = process\ncommand = /bin/true\n@meta export-port";

Deno.test("kubernetes: pods that would wait for each other in a circle are refused, with their services", async () => {
  using services = new Services({
    boot: "type = internal\nwaits-for = a\nwaits-for = d\n",
    a: `${PORT} 1\ndepends-on = b\n`,
    b: `${PORT} 2\ndepends-on = c\n`,
    c: `${PORT} 3\ndepends-ms = d\n`,
    d: `${PORT} 4\n`,
  });
  // No service waits for itself, but the groups of b and c do: a is with c, and d is with b.
  const rows: readonly (readonly [Record<string, string>, string, string | undefined])[] = [
    [{}, "a,b,c,d", undefined],
    [{}, "a", undefined],
    [
      {},
      "c",
      "'b' in the pod app depends on 'c' in the pod app-c, and 'c' in the pod app-c depends on 'd' in the pod app: " +
      "leave 'c' out of --split",
    ],
    [
      { b: `${PORT} 2\ndepends-on = c\nprepared-by = d\n` },
      "b,c",
      "'b' in the pod app-b depends on 'c' in the pod app-c, and 'c' in the pod app-c depends on 'd' in the pod app-b: " +
      "leave 'b' or 'c' out of --split",
    ],
    [{ d: "type = process\ncommand = /bin/true\n" }, "c", undefined],
    [{ d: `${PORT} 4\n`, c: `${PORT} 3\nwaits-for = d\n` }, "c", undefined],
  ];
  for (const [changes, split, message] of rows) {
    for (const [name, text] of Object.entries(changes)) services.write(name, text);
    const { out, err, status } = await run(services, "kubernetes", `--split=${split}`);
    if (message === undefined) {
      assertEquals(err, "", split);
      continue;
    }
    assertEquals([status, out, err], [
      1,
      "",
      "dinit-export: Cannot split: no pod would start, since each waits for another one: " +
      `${message}, or replace one of these dependencies by waits-for\n`,
    ]);
  }
});

Deno.test("kubernetes: a pod waits for nothing of a CronJob, so neither closes a circle", async () => {
  using services = new Services({
    boot: "type = internal\ndepends-on = web\n",
    web: `${PORT} 80\ndepends-on = job\n`,
    job:
      "type = scheduled\ncommand = /bin/true\nschedule-cron = @daily\n@meta export-port 90\ndepends-on = db\n",
    db: `${PORT} 5432\n`,
  });
  const all = await objects(services, "--split-jobs");
  const pod = all.get("CronJob app-job").spec.jobTemplate.spec.template.spec;
  assertEquals(pod.initContainers[0].command, ["/usr/bin/dinit", "wait-for", "tcp:app:5432"]);
  assertEquals(all.get("Deployment app").spec.template.spec.initContainers, undefined);
});
