/** Timers that are imported: what they say beside their times. */

import { assertEquals } from "@std/assert";
import { Import } from "./_import.ts";

/** The lines of the description of a service with a timer. */
async function linesOf(service: string, timer: string): Promise<string[]> {
  using units = new Import({
    "b.service": `[Service]\nExecStart=/bin/b\n${service}`,
    "b.timer": `[Timer]\n${timer}`,
  });
  await units.run(".");
  assertEquals(await units.mistakes(), []);
  return units.lines("b");
}

Deno.test("systemd: a timer with a missed run makes it up at once, as systemd does", async () => {
  const lines = await linesOf("Type=oneshot\n", "OnCalendar=daily\nPersistent=true\n");
  assertEquals(lines.filter((line) => line.startsWith("schedule-")), [
    "schedule-cron = 0 0 * * *",
    "schedule-catch-up = 0s",
  ]);
});

Deno.test("systemd: limits, repetitions and signals of a run are those of its oneshot", async () => {
  const lines = await linesOf(
    "Type=oneshot\nTimeoutStartSec=90\nRestart=on-failure\nRestartSec=5\nKillSignal=SIGINT\nStartLimitBurst=2\n",
    "OnCalendar=Fri *-*-29..31 04:00 Japan\nRandomizedDelaySec=1500ms\nDeferReactivation=no\n",
  );
  const about = /^(type|schedule-|restart|start-timeout|kill-mode|term-signal)/;
  assertEquals(lines.filter((line) => about.test(line)).sort(), [
    "kill-mode = all",
    "restart = on-failure",
    "restart-delay = 5",
    "restart-limit-count = 2",
    "schedule-cron = 0 4 * * 5#5",
    "schedule-jitter = 1500ms",
    "schedule-limit = 90s",
    "schedule-overlap = queue",
    "schedule-timezone = Japan",
    "term-signal = INT",
    "type = scheduled",
  ]);
});

Deno.test("systemd: a timer of a service that always restarts repeats only runs that fail", async () => {
  const lines = await linesOf("Restart=always\nTimeoutStartSec=90\n", "OnUnitActiveSec=1500ms\n");
  assertEquals(lines.filter((line) => /^(schedule-|restart|start-timeout)/.test(line)), [
    "restart = on-failure",
    "schedule-interval = 1500ms",
  ]);
  const once = await linesOf("Type=oneshot\n", "OnUnitActiveSec=1h\n");
  assertEquals(once.filter((line) => /^(restart|start-timeout|schedule-limit)/.test(line)), []);
});

Deno.test("systemd: a timer whose times no schedule can say leaves its service as it is", async () => {
  const lines = await linesOf("Type=oneshot\nTimeoutStartSec=90\n", "OnCalendar=2030-01-01\n");
  assertEquals(lines.filter((line) => /^(type|schedule-|start-timeout|kill-mode)/.test(line)), [
    "type = scripted",
    "start-timeout = 90",
  ]);
});
