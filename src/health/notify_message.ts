/** The messages of `sd_notify`: assignments, one per line. docs/health.md lists those that count. */

import { decodeBytes } from "../model/mod.ts";

/** What a message says; a field is absent if it does not say that. Times are in milliseconds. */
export interface NotifyMessage {
  readonly ready?: true;
  readonly reloading?: true;
  readonly stopping?: true;
  /** A sign of life, or that the process does not work. */
  readonly watchdog?: "alive" | "trigger";
  /** How often signs of life will come from now on; 0: no more. */
  readonly watchdogTime?: number;
  /** More time for the current start or stop. */
  readonly extension?: number;
  readonly status?: string;
  readonly errno?: number;
}

const MICROSECONDS = 1000;
/** How much of a status is kept, in characters. */
const LONGEST_STATUS = 200;
/** The longest time in a message, in milliseconds: the timers of the runtime take no more. */
const LONGEST_TIME = 2 ** 31 - 1;

/** Reads a message. Lines that are not known, such as those about descriptors, say nothing. */
export function readMessage(bytes: Uint8Array): NotifyMessage {
  const message: { -readonly [Field in keyof NotifyMessage]: NotifyMessage[Field] } = {};
  for (const line of decodeBytes(bytes).split("\n")) {
    const equals = line.indexOf("=");
    const value = line.slice(equals + 1);
    const number = /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
    const time = number === undefined ? undefined : Math.min(number / MICROSECONDS, LONGEST_TIME);
    switch (line.slice(0, equals + 1)) {
      case "READY=":
        if (value === "1") message.ready = true;
        break;
      case "RELOADING=":
        if (value === "1") message.reloading = true;
        break;
      case "STOPPING=":
        if (value === "1") message.stopping = true;
        break;
      case "WATCHDOG=":
        if (value === "1") message.watchdog ??= "alive";
        if (value === "trigger") message.watchdog = "trigger";
        break;
      case "WATCHDOG_USEC=":
        message.watchdogTime = time;
        break;
      case "EXTEND_TIMEOUT_USEC=":
        message.extension = time;
        break;
      case "STATUS=":
        message.status = value.slice(0, LONGEST_STATUS);
        break;
      case "ERRNO=":
        message.errno = number;
    }
  }
  return message;
}
