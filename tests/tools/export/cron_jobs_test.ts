/** `dinit export kubernetes --split-jobs`: scheduled services become CronJobs. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { clusterCron, cronOfInterval } from "../../../src/tools/export/kubernetes/cron_job.ts";
import { check } from "../../cli/check/_support.ts";
import { Services } from "../../description/_support.ts";
import { account, objects, run } from "./_export.ts";

const SCHEDULED = "type = scheduled\ncommand = /bin/backup\n";
const SERVICES = {
  boot: "type = internal\nwaits-for = backup\ndepends-on.d = boot.d\n",
  "boot.d/db": "",
  "boot.d/report": "",
  db: "type = process\ncommand = /bin/db\n@meta export-port 5432\nafter = backup # first\n",
  prepare: "type = scripted\ncommand = /bin/prepare\n",
  mail: "type = scripted\ncommand = /bin/mail\n",
  backup: SCHEDULED +
    "schedule-cron = 0 3 * * *\nschedule-timezone = Europe/Zurich\nschedule-jitter = 10m\nschedule-overlap = stop\n" +
    "schedule-limit = 90s\nrestart = on-failure\nrestart-limit-count = 2\non-failure = mail\ndepends-on = db\n" +
    "prepared-by = prepare\nstop-timeout = 30\n@meta export-data /var/backup\n",
  report: "type = internal\n@meta type = scheduled\ncommand = /bin/report\n" +
    "@meta schedule-cron = 0 6 * * 1-7\n@meta schedule-cron += 0 12 * * *\nschedule-catch-up = 5m\n",
};

/** The services with one more that `boot` waits for. */
function withService(text: string): Services {
  return new Services({ boot: "type = internal\nwaits-for = one\n", one: SCHEDULED + text });
}

Deno.test("a scheduled service becomes a CronJob with its times, limits and repetitions", async () => {
  using services = new Services(SERVICES);
  const all = await objects(services, "--name=shop", "--split-jobs");
  assertEquals([...all.keys()], [
    "ConfigMap shop-services",
    "Deployment shop",
    "Service shop",
    "ConfigMap shop-backup-services",
    "PersistentVolumeClaim shop-backup-data-0",
    "CronJob shop-backup",
    "ConfigMap shop-report-services",
    "CronJob shop-report",
    "CronJob shop-report-2",
  ]);
  const { jobTemplate, ...spec } = all.get("CronJob shop-backup").spec;
  assertEquals(spec, {
    schedule: "0 3 * * *",
    timeZone: "Europe/Zurich",
    concurrencyPolicy: "Replace",
    startingDeadlineSeconds: 60,
  });
  const { template, ...job } = jobTemplate.spec;
  assertEquals(job, { backoffLimit: 2, activeDeadlineSeconds: 90 });
  const { initContainers, containers: [container], volumes, ...pod } = template.spec;
  assertEquals(pod, { restartPolicy: "Never", terminationGracePeriodSeconds: 30 + 10 + 5 });
  assertEquals(initContainers[0].command.at(-1), "tcp:shop:5432");
  assertEquals(container.command, [
    "/usr/bin/dinit",
    "--container",
    "--exit-with=backup",
    "--services-dir",
    "/etc/dinit.d",
    "backup",
  ]);
  assertEquals([container.startupProbe, container.livenessProbe], [undefined, undefined]);
  assertEquals(volumes[1], { name: "data-0", persistentVolumeClaim: { claimName: "shop-backup-data-0" } });
  const [first, second] = [all.get("CronJob shop-report").spec, all.get("CronJob shop-report-2").spec];
  assertEquals([first.schedule, second.schedule], ["0 6 * * 1,2,3,4,5,6,0", "0 12 * * *"]);
  assertEquals([first.concurrencyPolicy, "startingDeadlineSeconds" in first], ["Forbid", false]);
  assertEquals(first.jobTemplate.spec.backoffLimit, 0);
});

Deno.test("the descriptions of a job load, run once, and name no service of another pod", async () => {
  using services = new Services(SERVICES);
  const all = await objects(services, "--name=shop", "--split-jobs");
  for (const [pod, root] of [["shop", "boot"], ["shop-backup", "backup"], ["shop-report", "report"]]) {
    const { data } = all.get(`ConfigMap ${pod}-services`);
    using inside = new Services({});
    const { items } = (all.get(`Deployment ${pod}`)?.spec ?? all.get(`CronJob ${pod}`).spec.jobTemplate.spec)
      .template.spec.volumes[0].projected.sources[0].configMap;
    for (const { key, path } of items) inside.write(path, data[key]);
    const { out } = await check(["-d", inside.directory, "--json", root], { uid: 0 });
    const found = JSON.parse(out) as { severity: string; message: string }[];
    assertEquals(found.filter(({ severity }) => severity === "error"), [], pod);
    assert(!/^[^#]*(schedule-|on-failure|scheduled)/m.test(Object.values(data).join("\n")), pod);
  }
  const { data } = all.get("ConfigMap shop-services");
  assertEquals(Object.keys(data), ["boot", "boot.d.db", "db", "mail"].filter((key) => key in data));
  assertStringIncludes(data.db, "# in another pod: after = backup # first");
  const { data: job } = all.get("ConfigMap shop-backup-services");
  assertStringIncludes(job.backup, "\ntype = process\nrestart = no\n");
  assertStringIncludes(job.backup, "\n# in another pod: depends-on = db\n");
});

Deno.test("each line of a schedule is accounted for", async () => {
  using services = new Services(SERVICES);
  const args = ["kubernetes", "--name=shop", "--split-jobs"];
  const backup = await account(services, "backup", ...args);
  const rows: readonly (readonly [line: string, kind: string, note: string])[] = [
    ["type = scheduled", "changed", "a CronJob"],
    ["schedule-cron = 0 3 * * *", "changed", "schedule: 0 3 * * *"],
    ["schedule-timezone = Europe/Zurich", "carried", "timeZone"],
    ["schedule-jitter = 10m", "none", "a CronJob starts at its time"],
    ["schedule-overlap = stop", "changed", "concurrencyPolicy: Replace"],
    ["schedule-limit = 90s", "changed", "activeDeadlineSeconds"],
    ["restart-limit-count = 2", "changed", "backoffLimit"],
    ["on-failure = mail", "none", "nothing starts in the cluster"],
    ["depends-on = db", "changed", "an init container waits"],
  ];
  for (const [line, kind, note] of rows) {
    const found = backup.get(line);
    assertEquals(found?.[0], kind, line);
    assertStringIncludes(found?.[1] ?? "", note);
  }
  const boot = await account(services, "boot", ...args);
  assertEquals(boot.get("waits-for = backup"), ["changed", "the CronJob shop-backup runs backup"]);
  assertEquals(boot.get("depends-on.d = boot.d"), ["changed", "the CronJob shop-report runs report"]);
  for (const entry of [...backup.values(), ...boot.values()]) {
    assert(!entry[1].includes("does not know"), entry[1]);
  }
});

Deno.test("a schedule that no CronJob can say stays in the pod, where dinit runs it", async () => {
  for (
    const line of [
      "schedule-cron = 0 3 L * *",
      "schedule-cron = 0 3 * * fri#2",
      "schedule-cron = 0 3 * * *\nschedule-cron += 0 3 * * friL",
      "schedule-interval = 7m",
      "schedule-interval = 90s",
    ]
  ) {
    using services = withService(`${line}\n`);
    const all = await objects(services, "--split-jobs");
    assertEquals([...all.keys()], ["ConfigMap app-services", "Deployment app"], line);
    assertStringIncludes(all.get("ConfigMap app-services").data.one, line.split("\n")[0]);
    const [[kind, note]] = [...(await account(services, "one", "kubernetes", "--split-jobs")).values()].slice(
      2,
    );
    assertEquals(kind, "changed");
    assertStringIncludes(note, "dinit goes on to run it in the pod: a CronJob knows ");
  }
});

Deno.test("without --split-jobs, scheduled services stay in the pod as they are", async () => {
  using services = new Services(SERVICES);
  const all = await objects(services);
  assertEquals(all.get("ConfigMap app-services").data.backup, SERVICES.backup);
  assertEquals([...all.keys()].filter((name) => name.startsWith("CronJob")), []);
});

Deno.test("the times of a schedule become expressions and policies of the cluster", async () => {
  for (
    const [expression, cron] of [
      ["*/5 0-23/2 1,15 * *", "*/5 0-23/2 1,15 * *"],
      ["0 0 * * 7", "0 0 * * 0"],
      ["0 0 * * 5-7", "0 0 * * 5,6,0"],
      ["0 0 * * 1-7/3,2", "0 0 * * 1,4,0,2"],
      ["0 0 * * 1-5", "0 0 * * 1-5"],
      ["0 0 1,L * *", undefined],
      ["0 0 * * 5#L", undefined],
    ] as const
  ) assertEquals(clusterCron(expression), cron);
  for (
    const [seconds, cron] of [
      [60, "* * * * *"],
      [900, "*/15 * * * *"],
      [3600, "0 * * * *"],
      [7200, "0 */2 * * *"],
      [86_400, "0 0 * * *"],
      [30, undefined],
      [5400, undefined],
      [172_800, undefined],
    ] as const
  ) assertEquals(cronOfInterval(seconds * 1000), cron);
  for (
    const [lines, policy, deadline] of [
      ["", "Forbid", 60],
      ["schedule-overlap = queue\n", "Forbid", undefined],
      ["schedule-catch-up = 1h\n", "Forbid", undefined],
      ["schedule-overlap = stop\nschedule-catch-up = no\n", "Replace", 60],
    ] as const
  ) {
    using services = withService(`schedule-interval = 1h\n${lines}`);
    const { spec } = (await objects(services, "--split-jobs")).get("CronJob app-one");
    assertEquals([spec.concurrencyPolicy, spec.startingDeadlineSeconds], [policy, deadline], lines);
  }
  using services = withService("schedule-interval = 1h\nrestart = yes\nrestart-limit-count = 0\n");
  const { spec } = (await objects(services, "--split-jobs")).get("CronJob app-one");
  assertEquals(spec.jobTemplate.spec.backoffLimit, 2 ** 31 - 1);
});

Deno.test("services whose names differ only in characters of no object get different objects", async () => {
  using services = new Services({
    boot: "type = internal\nwaits-for = a_b\nwaits-for = a.b\nwaits-for = é\n",
    "a_b": `${SCHEDULED}schedule-interval = 1h\n`,
    "a.b": `${SCHEDULED}schedule-interval = 1h\n`,
    "é": `${SCHEDULED}schedule-interval = 1h\n`,
  });
  const names = [...(await objects(services, "--split-jobs")).keys()].filter((name) =>
    name.startsWith("CronJob")
  );
  assertEquals(names, ["CronJob app-a-b", "CronJob app-a-b-2", "CronJob app-2"]);
});

Deno.test("what reads the output of a service goes with it to its pod", async () => {
  using services = new Services({
    boot: "type = internal\nwaits-for = web\n",
    web: "type = process\ncommand = /bin/web\nlog-type = pipe\nwaits-for = web-log\n",
    "web-log": "type = process\ncommand = /bin/log\nconsumer-of = web\n",
  });
  const all = await objects(services, "--split=web");
  assertEquals(Object.keys(all.get("ConfigMap app-web-services").data), ["web", "web-log"]);
  assertEquals((await run(services, "kubernetes", "--split=web")).out.includes("lost"), true); // boot no longer waits
});
