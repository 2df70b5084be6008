import { assert, assertEquals } from "@std/assert";
import {
  LOAD_OPTIONS,
  SECURE_BITS,
  SERVICE_OPTIONS,
  SETTING_TABLE,
  settingNamed,
  SETTINGS,
} from "../../src/description/mod.ts";
import { NO_FLAGS } from "../../src/model/mod.ts";
import { describe, failureOf, located } from "./_support.ts";

const NAMES = ("type command working-dir env-file socket-listen socket-permissions socket-uid socket-gid " +
  "stop-command pid-file depends-on depends-ms waits-for waits-for.d depends-on.d depends-ms.d after before " +
  "prepared-by logfile logfile-permissions logfile-uid logfile-gid log-type log-buffer-size consumer-of restart " +
  "smooth-recovery options load-options term-signal termsignal restart-limit-interval restart-delay " +
  "restart-delay-factor restart-delay-max " +
  "restart-limit-count stop-timeout start-timeout run-as chain-to ready-notification inittab-id inittab-line " +
  "rlimit-nofile rlimit-core rlimit-data rlimit-addrspace nice run-in-cgroup capabilities securebits ioprio " +
  "on-failure kill-mode oom-score-adj health-http health-tcp health-command health-interval health-timeout health-failures " +
  "health-start-interval health-start-period health-action watchdog-timeout log-max-size log-max-age log-keep log-keep-size log-compress " +
  "log-timestamps log-format log-rate-limit env watch watch-delay watch-action deno-script deno-permissions deno-flags sandbox sandbox-writable " +
  "schedule-cron schedule-interval schedule-timezone schedule-jitter schedule-catch-up schedule-overlap " +
  "schedule-limit " +
  "cgroup memory-max memory-high swap-max cpu-max cpu-weight io-weight pids-max")
  .split(" ");

const PRE =
  "env-file depends-on depends-ms waits-for prepared-by depends-on.d depends-ms.d waits-for.d before after " +
  "consumer-of chain-to on-failure health-http health-tcp";
const POST =
  "env sandbox-writable deno-script deno-permissions deno-flags command stop-command health-command socket-listen logfile working-dir pid-file";

function namesWhere(holds: (setting: (typeof SETTINGS)[number]) => boolean): string[] {
  return SETTINGS.filter(holds).map((setting) => setting.name).toSorted();
}

Deno.test("the table has all 98 settings, each once", () => {
  assertEquals(SETTINGS.map((setting) => setting.name).toSorted(), NAMES.toSorted());
  assertEquals(SETTINGS.length, 98);
});

Deno.test("settings are substituted before, after, or never", () => {
  assertEquals(namesWhere((setting) => setting.substitution === "pre"), PRE.split(" ").toSorted());
  assertEquals(namesWhere((setting) => setting.substitution === "post"), POST.split(" ").toSorted());
});

Deno.test("the settings and flags that keep their value while a service runs", () => {
  assertEquals(namesWhere((setting) => setting.change === "never"), [
    "consumer-of",
    "inittab-id",
    "inittab-line",
    "log-type",
    "pid-file",
    "type",
  ]);
  assertEquals(SERVICE_OPTIONS.filter(({ change }) => change === "never").map(({ name }) => name), [
    "starts-on-console",
    "shares-console",
  ]);
});

Deno.test("the settings that count when the service has stopped are those of its socket", () => {
  assertEquals(namesWhere((setting) => setting.change === "restart"), [
    "socket-gid",
    "socket-listen",
    "socket-permissions",
    "socket-uid",
  ]);
});

Deno.test("every path that is substituted after the last line has a position", () => {
  const isPath = ({ name, substitution, value }: (typeof SETTINGS)[number]) =>
    substitution === "post" && value === "text" && name !== "env";
  const post = SETTINGS.filter(isPath);
  assertEquals(
    SETTING_TABLE.paths.map(({ name }) => name).toSorted(),
    post.map(({ name }) => name).toSorted(),
  );
  assertEquals(SETTING_TABLE.paths.map(({ name }) => name), [
    "socket-listen",
    "logfile",
    "working-dir",
    "pid-file",
  ]);
});

Deno.test("twelve settings can be appended to", () => {
  assertEquals(namesWhere((setting) => setting.appends), [
    "capabilities",
    "command",
    "deno-flags",
    "deno-permissions",
    "deno-script",
    "health-command",
    "on-failure",
    "sandbox",
    "sandbox-writable",
    "schedule-cron",
    "securebits",
    "stop-command",
    "watch",
  ]);
});

for (const setting of SETTINGS.filter((one) => !one.appends)) {
  Deno.test(`${setting.name} += is refused`, () => {
    assertEquals(
      failureOf(`${setting.name} += x\n`),
      located(`cannot use '+=' with setting '${setting.name}'`, 1),
    );
  });
}

Deno.test("every setting has the texts that documentation needs", () => {
  for (const setting of SETTINGS) {
    assert(setting.summary !== "" && !/[\n.]$/.test(setting.summary), setting.name);
    assert(setting.syntax !== "", setting.name);
    assert(setting.types.length > 0, setting.name);
    assert(setting.aliasOf === undefined || settingNamed(setting.aliasOf) !== undefined, setting.name);
  }
});

Deno.test("every option switches its flag on", () => {
  for (const { name, flag } of SERVICE_OPTIONS) {
    const text = `type = scripted\ncommand = x\noptions = ${name}\n`;
    assertEquals(describe(text).flags[flag], true, name);
  }
  assertEquals(new Set(SERVICE_OPTIONS.map(({ flag }) => flag)), new Set(Object.keys(NO_FLAGS)));
});

Deno.test("every load option and every secure bit is accepted", () => {
  for (const { name } of LOAD_OPTIONS) describe(`load-options = ${name}\n`);
  for (const { name } of SECURE_BITS) assertEquals(describe(`securebits = ${name}\n`).secureBits, [name]);
});
