/** The manifests of `dinit export kubernetes` against the schemas of Kubernetes. */

import { assert, assertThrows } from "@std/assert";
import { Services } from "../../description/_support.ts";
import { fc } from "../../random.ts";
import { objects } from "./_export.ts";
import { assertAccepted } from "./_schemas.ts";

/** The example of the repository, and the options of the export. */
const EXAMPLES: readonly (readonly [folder: string, args: readonly string[]])[] = [
  ["examples/notify/dinit.d", ["notify-mail"]],
  ["examples/schedules/dinit.d", ["backup", "mirror", "--split-jobs"]],
  ["examples/container/rootfs/etc/dinit.d", ["--split=app,worker"]],
];

const ROOT = new URL("../../../", import.meta.url).pathname;

for (const [folder, args] of EXAMPLES) {
  Deno.test(`the exported ${folder} is valid for Kubernetes`, async () => {
    using services = new Services({});
    for (const { name, isFile } of Deno.readDirSync(`${ROOT}${folder}`)) {
      if (isFile) services.write(name, Deno.readTextFileSync(`${ROOT}${folder}/${name}`));
    }
    assertAccepted(await objects(services, "--name=shop", ...args));
  });
}

Deno.test("the check of manifests notices unknown fields, wrong types and missing keys", async () => {
  using services = new Services({ boot: "type = process\ncommand = /bin/x\n" });
  for (
    const spoil of [
      (pod: Record<string, unknown>) => pod.terminationGraceSeconds = 5,
      (pod: Record<string, unknown>) => pod.terminationGracePeriodSeconds = "5",
      (pod: Record<string, unknown>) => pod.volumes = [],
    ]
  ) {
    const all = await objects(services);
    spoil(all.get("Deployment app").spec.template.spec);
    assertThrows(() => assertAccepted(all));
  }
});

const NAMES = ["web", "a_b", "a.b", "A-B", "é", "t@1", "x".repeat(80), "-".repeat(3) + "z", "0", "data.d"];

/** Lines that a process may have. */
const LINES = [
  "env-file = ./a/b.env",
  "env-file = a/../a/b.env",
  "env-file = a%b.env",
  "env-file = /dev/null",
  "@meta export-port 80",
  "@meta export-port 5432",
  "@meta export-data /var/lib/a",
  "@meta export-data /var/lib/a/",
  "health-tcp = 127.0.0.1:80\nready-notification = health",
  "memory-max = 1G\ncpu-max = 0.25",
  "run-as = nobody",
  "capabilities = ^cap_net_bind_service",
  "stop-timeout = 0",
  "stop-timeout = 0.5",
  "options = no-new-privs",
  "log-type = buffer",
];

const SCHEDULES = ["schedule-cron = 0 3 * * 1-7", "schedule-cron = 0 3 L * *", "schedule-interval = 1h"];

const SERVICE = fc.record({
  isScheduled: fc.boolean(),
  schedule: fc.constantFrom(...SCHEDULES),
  lines: fc.subarray(LINES.map((_, index) => index)),
  relations: fc.array(
    fc.tuple(
      fc.constantFrom("depends-on", "waits-for", "prepared-by", "on-failure"),
      fc.nat(NAMES.length - 1),
    ),
    { maxLength: 3 },
  ),
});

Deno.test("whatever services are exported, the manifests are valid for Kubernetes", async () => {
  const set = fc.record({
    all: fc.array(SERVICE, { minLength: 1, maxLength: NAMES.length }),
    split: fc.subarray([0, 1, 2, 3]),
    splitJobs: fc.boolean(),
  });
  let exported = 0;
  await fc.assert(
    fc.asyncProperty(set, async ({ all, split, splitJobs }) => {
      using services = new Services({ "a/b.env": "A=1\n", "a%b.env": "B=2\n" });
      services.write("boot", `type = internal\n${all.map((_, at) => `waits-for = ${NAMES[at]}\n`).join("")}`);
      all.forEach(({ isScheduled, schedule, lines, relations }, at) => {
        const text = [
          `type = ${isScheduled ? "scheduled" : "process"}`,
          "command = /bin/x",
          ...(isScheduled ? [schedule] : lines.map((line) => LINES[line])),
          // Only later services, so that there is no circle.
          ...relations.filter(([, other]) => other > at && other < all.length)
            .map(([relation, other]) => `${relation} = ${NAMES[other]}`),
          "",
        ].join("\n");
        services.write(NAMES[at].replace(/@.*/, ""), text);
      });
      const roots = split.filter((at) => at < all.length).map((at) => NAMES[at]);
      const args = [
        ...(roots.length > 0 ? [`--split=${roots.join(",")}`] : []),
        ...(splitJobs ? ["--split-jobs"] : []),
      ];
      const found = await objects(services, ...args);
      exported += found.size;
      assertAccepted(found);
    }),
    { numRuns: 15 },
  );
  assert(exported > 0);
});
