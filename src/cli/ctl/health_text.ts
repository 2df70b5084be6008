/** The health of a service in words. */

import { errnoText } from "../../model/errno.ts";
import type { HealthDocument } from "../../model/health_status.ts";
import { durationText } from "../shared/duration_text.ts";
import { printable } from "../shared/text_width.ts";

/** In one word; only `healthy` is good. */
export function conditionOf(
  { verdict, running }: HealthDocument,
): HealthDocument["verdict"] | "starting" | "down" {
  if (running === "up" || verdict === "unhealthy") return verdict;
  return running === "awaits" ? "starting" : "down";
}

/** What is known besides that. `now` is in milliseconds since 1970. */
export function healthFacts(service: HealthDocument, now: number): string[] {
  const { last, at, failures, limit, doing, status, errno, watchdog, action } = service;
  return [
    ...(last === undefined || at === undefined ? [] : [`${printable(last)}, ${durationText(now - at)} ago`]),
    ...(failures === 0 ? [] : [`${failures} of ${limit} failures`]),
    ...(action === "none" ? ["health-action = none"] : []),
    ...(doing === undefined ? [] : [doing]),
    ...(status === undefined ? [] : [`says: ${printable(status)}`]),
    ...(errno === undefined ? [] : [`error: ${errnoText(errno)}`]),
    ...(watchdog === undefined
      ? []
      : [`watchdog: ${(watchdog.left / 1000).toFixed(1)} of ${watchdog.timeout / 1000} s left`]),
  ];
}
