import type { ServiceRecord } from "../engine/mod.ts";
import type { ScheduleSettings } from "../model/mod.ts";
import type { RunDocument, RunsDocument, TimerDocument } from "../model/schedule_status.ts";
import type { Moment, ServiceSchedule } from "./service_schedule.ts";

/** The schedule of a service as clients see it. */
export function timerDocument(
  service: ServiceRecord,
  schedule: ServiceSchedule,
  moment: Moment,
): TimerDocument {
  const { name, description, process: { timer } } = service;
  const retryAt = timer?.purpose === "restart-delay" ? timer.at : Infinity;
  const regular = schedule.nextAt(moment);
  const at = Math.min(regular, retryAt);
  const { runs: [last], lastSuccess } = schedule;
  const why = retryAt < regular ? "retry" : schedule.isCatchUpNext(moment) ? "catch-up" : undefined;
  return {
    name,
    armed: schedule.isArmed,
    schedule: scheduleText(description.schedule),
    ...(at === Infinity ? {} : { next: Math.round(moment.wall + (at - moment.now)) }),
    ...(why === undefined ? {} : { why }),
    ...runningSince(service, moment),
    ...(last === undefined ? {} : { last }),
    ...(lastSuccess === undefined ? {} : { lastSuccess }),
  };
}

/** The last runs of a service as clients see them. */
export function runsDocument(
  service: ServiceRecord,
  runs: readonly RunDocument[],
  moment: Moment,
): RunsDocument {
  return { name: service.name, runs, ...runningSince(service, moment) };
}

function runningSince(
  { process: { run } }: ServiceRecord,
  { now, wall }: Moment,
): { readonly running?: number } {
  return run?.current === undefined ? {} : { running: Math.round(wall - (now - run.began)) };
}

function scheduleText({ cron, interval, timezone }: ScheduleSettings): string {
  if (cron.length === 0) return `every ${interval / 1000} s`;
  return `${cron.join("; ")}${timezone === "" ? "" : ` ${timezone}`}`;
}
