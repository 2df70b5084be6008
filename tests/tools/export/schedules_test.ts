/** Exported schedules: a timer for each scheduled service, and nothing that runs its command at once. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";
import { Services } from "../../description/_support.ts";
import { needing, programPath } from "../../_needs.ts";
import { outputOf } from "../../_processes.ts";
import { fc } from "../../random.ts";
import { calendarsOf } from "../../../src/tools/export/calendar.ts";
import { loadServices } from "../../../src/tools/export/service_set.ts";
import { cronOf } from "../../../src/tools/import/systemd/calendar.ts";
import { runImport } from "../../../src/tools/import/main.ts";
import { CronError, plainCron } from "../../../src/model/cron_expression.ts";
import { cronTimes } from "../../../src/schedule/cron_times.ts";
import { account, run } from "./_export.ts";

const BACKUP = `type = scheduled
command = /bin/true --all "x y"
working-dir = /var
schedule-cron = 30 2 * * 1,2,3,4,5
schedule-cron = */10 8-17 1,15 * *
schedule-timezone = Europe/Zurich
schedule-jitter = 1500ms
schedule-limit = 1h
schedule-catch-up = 0s
restart = on-failure
restart-delay = 2.5
restart-limit-count = 4
restart-limit-interval = 60
stop-timeout = 7
term-signal = INT
kill-mode = all
log-type = buffer
depends-on = db
on-failure = alarm
`;
const SERVICES = {
  boot: "type = internal\nwaits-for = backup\nwaits-for = poll\ndepends-on = web\n",
  backup: BACKUP,
  poll:
    "type = scheduled\ncommand = /bin/true\nworking-dir = /var\nschedule-interval = 90s\nkill-mode = all\nlog-type = buffer\n",
  web: "type = process\ncommand = /bin/sleep 1000\nafter = backup\n",
  db: "type = process\ncommand = /bin/sleep 1000\n",
  alarm: "type = scripted\ncommand = /bin/true\n",
};

/** The exported units, by name. */
async function unitsOf(services: Services, ...args: string[]): Promise<Map<string, string>> {
  const out = services.path("out");
  const { err } = await run(services, "systemd", `--out=${out}`, "--force", ...args);
  assertEquals(err, "");
  return new Map(
    Array.from(Deno.readDirSync(out), ({ name }) => [name, Deno.readTextFileSync(`${out}/${name}`)]),
  );
}

Deno.test("systemd: a scheduled service becomes a timer, and no other unit runs its command", async () => {
  using services = new Services(SERVICES);
  const units = await unitsOf(services);
  assertEquals(
    units.get("backup.timer"),
    `[Unit]
Description=The times of backup of app
Requires=db.service
After=db.service

[Timer]
OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 02:30:00 Europe/Zurich
OnCalendar=*-*-01,15 08..17:00/10:00 Europe/Zurich
RandomizedDelaySec=1500ms
FixedRandomDelay=yes
Persistent=yes
AccuracySec=1us

[Install]
WantedBy=timers.target
`,
  );
  const timer = units.get("poll.timer") ?? "";
  assertStringIncludes(timer, "[Timer]\nOnActiveSec=90000ms\nOnUnitActiveSec=90000ms\nAccuracySec=1us\n");
  const unit = units.get("backup.service") ?? "";
  for (
    const line of [
      "Type=oneshot",
      "PartOf=backup.timer",
      "TimeoutStartSec=3600000ms",
      "Restart=on-failure",
      "KillSignal=SIGINT",
      "StartLimitBurst=4",
      "OnFailure=alarm.service",
    ]
  ) assertStringIncludes(unit, `${line}\n`);
  assert(!/RemainAfterExit|\[Install\]/.test(unit), unit);
  for (const [name, text] of units) assert(!/=(backup|poll)\.service\n/.test(text), `${name}\n${text}`);
  assertStringIncludes(
    units.get("boot.service") ?? "",
    "Wants=backup.timer\nAfter=backup.timer\nWants=poll.timer\n",
  );
  assertStringIncludes(units.get("web.service") ?? "", "After=backup.timer\n");
});

Deno.test("systemd: exported timers can be imported again, and give the same scheduled services", async () => {
  for (const overlap of ["skip", "queue"]) {
    using services = new Services({ ...SERVICES, backup: `${BACKUP}schedule-overlap = ${overlap}\n` });
    await unitsOf(services);
    const back = services.path("back");
    const io = { out: () => {}, err: () => {} };
    assertEquals(await runImport(["systemd", services.path("out"), `--to=${back}`], io), 0);
    for (const name of ["backup", "poll"]) {
      const [before, after] = [services.directory, back].map((folder) => {
        const description = loadServices([name], [folder]).get(name)?.description;
        if (description === undefined) throw new Error(`${folder} has no ${name}`);
        // An import also says the order of dependencies, which is the same, and knows other paths.
        const dependencies = description.dependencies.filter(({ name: other }) => other !== "db").length;
        return { ...description, dependencies, directory: "", file: "", modified: undefined, size: 0 };
      });
      assertEquals(after, before);
    }
  }
});

Deno.test("systemd: the account says what becomes of each line of a schedule", async () => {
  using services = new Services({
    boot: "type = internal\nwaits-for = a\nwaits-for = b\n",
    a: "type = scheduled\ncommand = /bin/true\nschedule-cron = @daily\nschedule-catch-up = 5m\nschedule-overlap = stop\n" +
      "restart = yes\nchain-to = boot\n",
    b: "type = scheduled\ncommand = /bin/true\nschedule-interval = 1h\nschedule-catch-up = 0s\nschedule-jitter = 1m\n",
  });
  const classes = async (name: string) =>
    Array.from(await account(services, name, "systemd"), ([line, [kind]]) => `${kind} ${line}`).sort();
  assertEquals(await classes("a"), [
    "changed command = /bin/true",
    "changed restart = yes",
    "changed schedule-catch-up = 5m",
    "changed schedule-cron = @daily",
    "changed type = scheduled",
    "decision schedule-overlap = stop",
    "none chain-to = boot",
  ]);
  assertEquals(await classes("b"), [
    "changed command = /bin/true",
    "changed schedule-interval = 1h",
    "changed schedule-jitter = 1m",
    "changed type = scheduled",
    "none schedule-catch-up = 0s",
  ]);
});

Deno.test("systemd: a time zone that no timer can name is a mistake", async () => {
  using services = new Services({
    boot: "type = scheduled\ncommand = /bin/true\nschedule-cron = @daily\nschedule-timezone = +05:30\n",
  });
  const { err, status } = await run(services, "systemd");
  assertEquals([status, err], [
    1,
    "dinit-export: Cannot export 'boot': schedule-timezone = +05:30: a timer knows only names: write one such as " +
    "Europe/Zurich or UTC\n",
  ]);
});

Deno.test("systemd: services without a process become units that systemd accepts, and no trigger is ever met", async () => {
  using services = new Services({ boot: "type = internal\ndepends-on = t\n", t: "type = triggered\n" });
  const units = await unitsOf(services);
  assertStringIncludes(
    units.get("boot.service") ?? "",
    "Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n",
  );
  assertStringIncludes(units.get("t.service") ?? "", "ExecStart=/bin/false\n");
  assertEquals((await account(services, "t", "systemd")).get("type = triggered")?.[0], "decision");
});

const ANALYZE = programPath("systemd-analyze") !== undefined;

Deno.test({
  ...needing("systemd accepts the exported timers and services", "systemd-analyze", ANALYZE),
  fn: async () => {
    using services = new Services(SERVICES);
    const names = [...(await unitsOf(services)).keys()].map((name) => services.path(`out/${name}`));
    const { code, stderr } = await outputOf("systemd-analyze", {
      args: ["verify", ...names],
      env: { LC_ALL: "C" },
    });
    assertEquals([new TextDecoder().decode(stderr), code], ["", 0]);
  },
});

/** Expressions of all forms. */
const EXPRESSIONS = [
  "* * * * *",
  "0 3 * * *",
  "*/7 */5 * * *",
  "*/60 */24 */31 */12 *",
  "50-59/30 5-5 1-2/9 6-7 *",
  "0 0 * * 2-3/7",
  "5-59/10 8-17 * * *",
  "0,15,40-45 0 1,15 * *",
  "0 0 */10 */3 *",
  "0 0 L * *",
  "0 0 1,15,L * *",
  "0 0 31 * *",
  "0 0 29 2 *",
  "0 0 * * 0",
  "0 0 * * 7",
  "0 0 * * 5-7",
  "0 0 * * 1-7/2",
  "0 0 * * */2",
  "0 0 * * 0-6",
  "0 0 13 * 5",
  "0 0 L * 1",
  "0 0 1-7/3 6 1,3",
  "0 0 * * 5#2",
  "0 0 * 1-6 5#5",
  "0 0 * * 0#L",
  "0 0 * * 1,5#L,0#1",
  "0 0 1 * 5#3",
];

const FROM = Date.UTC(2026, 0, 1);

/** The next times of expressions, of which one is enough. */
function timesOf(expressions: readonly string[], count: number): number[] {
  const times = cronTimes(expressions, "UTC");
  const found: number[] = [];
  for (let time = FROM; found.length < count;) {
    const next = times.after(time);
    if (next === undefined) break;
    found.push(time = next);
  }
  return found;
}

/** The expression after an export and an import. */
function thereAndBack(expression: string): string[] {
  return calendarsOf(expression, "UTC").map((calendar) => {
    const result = cronOf(calendar);
    if ("fault" in result) throw new Error(`${expression}: ${calendar}: ${result.fault}`);
    assertEquals(result.zone, "UTC");
    return plainCron(result.cron.split(" "));
  });
}

Deno.test("systemd: an imported timer comes true at the times of the exported expression", () => {
  for (const expression of EXPRESSIONS) {
    assertEquals(timesOf(thereAndBack(expression), 6), timesOf([expression], 6), expression);
  }
  const field = (least: number, most: number) => {
    const number = fc.integer({ min: least, max: most });
    const range = fc.tuple(number, number, fc.integer({ min: 1, max: 9 })).map(([a, b, step]) =>
      `${Math.min(a, b)}-${Math.max(a, b)}/${step}`
    );
    const item = fc.oneof(
      number.map(String),
      range,
      fc.integer({ min: 1, max: 9 }).map((step) => `*/${step}`),
    );
    return fc.oneof(
      fc.constant("*"),
      fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(",")),
    );
  };
  const words = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6));
  fc.assert(
    fc.property(words, (fields) => {
      const expression = plainOrNone(fields);
      fc.pre(expression !== undefined);
      assertEquals(timesOf(thereAndBack(expression), 3), timesOf([expression], 3));
    }),
    { numRuns: 40 },
  );
});

/** The plain form; `undefined` for an expression that never comes true. */
function plainOrNone(words: readonly string[]): string | undefined {
  try {
    return plainCron(words);
  } catch (error) {
    if (error instanceof CronError) return undefined;
    throw error;
  }
}

Deno.test({
  ...needing("systemd runs an exported timer at the times of dinit", "systemd-analyze", ANALYZE),
  fn: async () => {
    const calendars = EXPRESSIONS.map((expression) => calendarsOf(expression, "UTC"));
    const { success, stdout } = await outputOf("systemd-analyze", {
      args: ["calendar", "--base-time=2026-01-01 00:00:00 UTC", "--iterations=6", ...calendars.flat()],
      env: { TZ: "UTC", LC_ALL: "C" },
    });
    const text = new TextDecoder().decode(stdout);
    assert(success, text);
    const line = /(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\S+) UTC/g;
    const blocks = text.split("\n\n").map((block) =>
      Array.from(block.matchAll(line), ([, date, time]) => Date.parse(`${date}T${time}Z`))
    );
    for (const [index, expression] of EXPRESSIONS.entries()) {
      const own = blocks.splice(0, calendars[index].length).flat();
      const times = [...new Set(own)].sort((a, b) => a - b).slice(0, 6);
      assertEquals(times, timesOf([expression], 6), expression);
    }
  },
});

Deno.test("compose: what a schedule, a trigger or a failure starts does not start with the others", async () => {
  using services = new Services({
    ...SERVICES,
    web: "type = process\ncommand = /bin/web\ndepends-on = leader\n",
    leader: "type = triggered\n",
    boot: "type = internal\nwaits-for = backup\nwaits-for = poll\nwaits-for = web\nwaits-for = plain\n",
    plain: "type = process\ncommand = /bin/plain\ndepends-on = backup\n",
    backup: `${BACKUP}@meta export-data /var/backup\n`,
  });
  const out = services.path("out");
  await run(services, "compose", `--out=${out}`);
  const file = parse(Deno.readTextFileSync(`${out}/compose.yaml`));
  const profiles = Object.entries<{ profiles?: string[] }>(file.services).map((
    [name, one],
  ) => [name, one.profiles]);
  assertEquals(Object.fromEntries(profiles), {
    backup: ["manual"],
    poll: ["manual"],
    web: ["manual"],
    alarm: ["manual"],
    plain: undefined,
    db: undefined,
  });
  assertEquals(file.services.backup.restart, "no");
  assertEquals(Object.keys(file.services.backup.depends_on), ["db"]);
  assertEquals(Object.keys(file.services.plain.depends_on), ["db"]);
  const lines = await account(services, "backup", "compose");
  for (const line of ["type = scheduled", "schedule-cron = 30 2 * * 1,2,3,4,5", "schedule-limit = 1h"]) {
    assertEquals(lines.get(line)?.[0], "decision", line);
  }
  assertEquals(lines.get("restart = on-failure")?.[0], "none");
  assertEquals((await account(services, "alarm", "compose")).get("type = scripted")?.[0], "decision");
  assertEquals((await account(services, "plain", "compose")).get("depends-on = backup")?.[0], "none");
});
