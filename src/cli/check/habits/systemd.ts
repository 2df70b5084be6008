/** Habits from systemd and supervisord: their sections, settings and specifiers. */

import type { Habit } from "./habit.ts";

/** The names of our settings for theirs, in lower case. */
const FOREIGN: ReadonlyMap<string, string> = new Map(Object.entries({
  after: "after",
  before: "before",
  autorestart: "restart",
  autostart: "a dependency of boot (dinitctl enable)",
  bindsto: "depends-on",
  description: "a comment (#)",
  directory: "working-dir",
  environment: "env",
  environmentfile: "env-file",
  execreload: "dinitctl signal HUP",
  execstart: "command",
  execstartpost: "a service of type scripted that depends on this one",
  execstartpre: "a service of type scripted that this one depends on",
  execstop: "stop-command",
  group: "run-as",
  killsignal: "term-signal",
  limitnofile: "rlimit-nofile",
  nice: "nice",
  pidfile: "pid-file",
  redirect_stderr: "logfile",
  requires: "depends-on",
  restartsec: "restart-delay",
  standardoutput: "logfile or log-type",
  standarderror: "logfile or log-type",
  stderr_logfile: "logfile",
  stdout_logfile: "logfile",
  stopsignal: "term-signal",
  stopwaitsecs: "stop-timeout",
  timeoutstartsec: "start-timeout",
  timeoutstopsec: "stop-timeout",
  user: "run-as",
  wantedby: "dinitctl enable",
  wants: "waits-for",
  workingdirectory: "working-dir",
}));

/** Our setting for their name; `undefined` if none is known. */
function foreignSetting(name: string): string | undefined {
  return FOREIGN.get(name.toLowerCase());
}

/** A section header in a line, or a setting that only systemd and supervisord write like this. */
export function sectionHabit(line: string): Habit | undefined {
  const header = /^[ \t]*(\[[^\]=]*\])[ \t]*(?:[;#].*)?\r?$/.exec(line)?.[1];
  if (header !== undefined) {
    const message =
      `\`${header}\` is a section of systemd or supervisord; a description here is only lines NAME = VALUE`;
    return { code: "section", message };
  }
  const name = /^[ \t]*([A-Za-z_]+)[ \t]*=/.exec(line)?.[1];
  const here = name !== undefined && /[A-Z_]/.test(name) ? foreignSetting(name) : undefined;
  if (here === undefined) return undefined;
  return {
    code: "foreign-setting",
    message: `\`${name}\` is a setting of systemd or supervisord; here it is: ${here}`,
  };
}

/** A systemd specifier such as `%i`. `%Y` and other date formats, and a `%` in front of a digit, are none. */
export function specifierHabit(text: string): Habit | undefined {
  if (text.startsWith("+")) return undefined; // a date format
  const specifier = /(?<!%)(?:%%)*(%i(?![A-Za-z0-9])|(?:^|[@/=])%I(?=$|[./])|^%[hHtSCLEnNpu](?=\/))/.exec(
    text,
  )?.[1];
  if (specifier === undefined) return undefined;
  const remedy = /%[iI]$/.test(specifier)
    ? "the argument of a service NAME@ARGUMENT is $1"
    : "write the path";
  return { code: "specifier", message: `\`${specifier}\` is a specifier of systemd; ${remedy}` };
}

/** The name of a systemd unit, without its suffix; `undefined` if it is none. */
export function withoutUnitSuffix(name: string): string | undefined {
  const stripped = name.replace(/\.(?:service|target|socket|mount|timer|path|device)$/, "");
  return stripped === name || stripped === "" ? undefined : stripped;
}
