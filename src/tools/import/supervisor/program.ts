/** One `[program:x]` of supervisord: one description for each of its processes. */

import { SIGNALS } from "../../../model/mod.ts";
import type { Directive, InputFile } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import { type ImportResult, isWritableVariable } from "../result.ts";
import { shellSplit } from "../shell_words.ts";
import { shellCommand, shellLine, textOf, type Word } from "../words.ts";
import { expandOption, type Expansions } from "./expansions.ts";
import type { Section } from "./ini_file.ts";

/** More processes of one program are not written. */
const MOST_PROCESSES = 1000;

/** What supervisord does without the options. */
const USUAL = {
  startsecs: "1",
  startretries: "3",
  stopwaitsecs: "10",
  priority: 999,
  maxBytes: "50MB",
  backups: "10",
};

/** The processes of a program, as services. */
export interface Program {
  readonly name: string;
  readonly priority: number;
  readonly starts: boolean;
  readonly services: readonly DescriptionText[];
}

/** Makes the descriptions of a program. `shared` has the variables of all programs. */
export function importProgram(
  section: Section,
  input: InputFile,
  values: Expansions,
  shared: Directive | undefined,
  result: ImportResult,
): Program {
  const name = section.name.slice("program:".length).trim();
  const option = (key: string) => section.options.get(key);
  const count = processCount(option("numprocs"));
  const first = Number(option("numprocs_start")?.value ?? 0) || 0;
  option("numprocs_start")?.carried();
  const services: DescriptionText[] = [];
  for (let at = 0; at < count; at++) {
    const own = { program_name: name, group_name: name, process_num: first + at, numprocs: count, ...values };
    services.push(describeProcess(section, input, own, { count, shared }, result));
  }
  option("process_name")?.carried();
  const priority = option("priority");
  priority?.changed("after: services with a smaller priority start before");
  option("autostart")?.carried();
  return {
    name,
    priority: Number(priority?.value ?? USUAL.priority) || 0,
    starts: !/^(false|no|off|0)$/i.test(option("autostart")?.value ?? "true"),
    services,
  };
}

function processCount(directive: Directive | undefined): number {
  const count = Number(directive?.value ?? 1);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_PROCESSES) {
    directive?.carried("a description for each process");
    return count;
  }
  directive?.decision(`a number from 1 to ${MOST_PROCESSES} is expected; one process is written`);
  return 1;
}

function describeProcess(
  section: Section,
  input: InputFile,
  values: Expansions,
  { count, shared }: { readonly count: number; readonly shared: Directive | undefined },
  result: ImportResult,
): DescriptionText {
  const option = (key: string) => section.options.get(key);
  const pattern = option("process_name")?.value ??
    (count === 1 ? "%(program_name)s" : "%(program_name)s_%(process_num)02d");
  const expanded = expandOption(pattern, values);
  const name = "word" in expanded ? textOf(expanded.word) : undefined;
  const text = result.describe(name ?? String(values.program_name), input);
  text.set("type", "process");
  const read = new Options(section, values, text);
  importCommand(read);
  importLife(read);
  importOutput(read);
  importVariables(read, result, shared);
  explainRest(section, text);
  return text;
}

/** Reads the options of a program for one process. */
class Options {
  readonly section: Section;
  readonly text: DescriptionText;
  readonly #values: Expansions;

  constructor(section: Section, values: Expansions, text: DescriptionText) {
    this.section = section;
    this.#values = values;
    this.text = text;
  }

  directive(name: string): Directive | undefined {
    return this.section.options.get(name);
  }

  /** The value with its expansions; `undefined` if there is none, or, with a decision, if nothing is known of one. */
  word(name: string): Word | undefined {
    const directive = this.directive(name);
    if (directive === undefined) return undefined;
    const expanded = expandOption(directive.value, this.#values);
    if ("word" in expanded) return expanded.word;
    this.text.decide(directive, `nothing here knows ${expanded.unknown}`);
    return undefined;
  }

  /** A text with its expansions; `undefined` if it names variables, or something that nothing here knows. */
  expanded(text: string): string | undefined {
    const expanded = expandOption(text, this.#values);
    return "word" in expanded ? textOf(expanded.word) : undefined;
  }

  /** The words of a value, each with its expansions. */
  words(directive: Directive): Word[] | undefined {
    const words = shellSplit(directive.value);
    const expanded = words?.map((word) => expandOption(word, this.#values));
    if (expanded?.every((one) => "word" in one)) return expanded.map(({ word }) => word);
    this.text.decide(
      directive,
      words === undefined ? "a quote is not closed" : "nothing here knows one of its %(…)s",
    );
    return undefined;
  }
}

function importCommand(read: Options): void {
  const { text } = read;
  const command = read.directive("command");
  const words = command === undefined ? undefined : read.words(command);
  const umask = read.directive("umask");
  const isMode = /^[0-7]{1,4}$/.test(umask?.value ?? "");
  if (words === undefined || words.length === 0) {
    text.set("command", [["/bin/false"]]);
    text.comment("Decide: the program has no command that could be read; write one.");
  } else {
    text.set("command", isMode ? shellCommand(`umask ${umask?.value}; exec ${shellLine(words)}`) : words);
    command?.carried();
  }
  if (isMode) umask?.changed("a shell sets it");
  else if (umask !== undefined) text.decide(umask, "this is no mode");
  const folder = read.word("directory");
  if (folder !== undefined) {
    text.set("working-dir", [folder]);
    read.directive("directory")?.carried();
  } else text.set("working-dir", "/");
  const user = read.word("user");
  if (user === undefined) return;
  const name = textOf(user);
  if (name === undefined) text.decide(read.directive("user")!, "run-as cannot hold a variable"); // it has a word
  else {
    text.set("run-as", name);
    read.directive("user")?.carried();
  }
}

function importLife(read: Options): void {
  const { text } = read;
  importRestart(read);
  seconds(read, "startsecs", USUAL.startsecs, (value) => {
    if (Number(value) > 0) text.set("ready-notification", `uptime:${value}s`);
  });
  seconds(read, "stopwaitsecs", USUAL.stopwaitsecs, (value) => text.set("stop-timeout", value));
  const signal = read.directive("stopsignal");
  if (signal !== undefined) {
    const name = signal.value.replace(/^SIG/i, "").toUpperCase();
    const known = SIGNALS.find(([one, number]) => one === name || String(number) === name);
    if (known === undefined) text.decide(signal, "term-signal takes no such signal");
    else {
      text.set("term-signal", known[0]);
      signal.carried();
    }
  }
  const groups = ["stopasgroup", "killasgroup"].map((name) => read.directive(name));
  const isGroup = groups.some((one) => one !== undefined && /^(true|yes|on|1)$/i.test(one.value));
  if (isGroup) text.set("kill-mode", "group");
  else text.flag("signal-process-only");
  groups.forEach((one) => one?.changed(isGroup ? "kill-mode = group" : "options = signal-process-only"));
}

function importRestart(read: Options): void {
  const { text } = read;
  const restart = read.directive("autorestart");
  const value = restart?.value.toLowerCase() ?? "unexpected";
  const setting = /^(true|yes|on|1)$/.test(value) ? "yes" : value === "unexpected" ? "on-failure" : "no";
  text.set("restart", setting);
  restart?.carried();
  const codes = read.directive("exitcodes");
  if (codes !== undefined) {
    if (codes.value.trim() === "0") codes.carried();
    else codes.none("only status 0 is a success");
  }
  const retries = read.directive("startretries");
  const count = retries?.value ?? USUAL.startretries;
  if (!/^[0-9]{1,9}$/.test(count)) {
    if (retries !== undefined) text.decide(retries, "this is no number");
    return;
  }
  if (setting !== "no") text.set("restart-limit-count", count);
  retries?.changed("restart-limit-count counts the restarts of restart-limit-interval");
}

function seconds(read: Options, name: string, usual: string, apply: (value: string) => void): void {
  const directive = read.directive(name);
  const value = directive?.value ?? usual;
  if (/^[0-9]{1,9}$/.test(value)) {
    apply(value);
    directive?.carried();
  } else if (directive !== undefined) read.text.decide(directive, "this is no number of seconds");
}

function importOutput(read: Options): void {
  const { text } = read;
  const file = read.directive("stdout_logfile");
  const value = file?.value ?? "AUTO";
  const word = read.word("stdout_logfile");
  if (/^(AUTO|)$/i.test(value)) {
    text.set("log-type", "buffer");
    file?.changed("log-type = buffer; log-type = kept keeps more");
  } else if (/^(NONE|\/dev\/null)$/i.test(value)) {
    text.set("log-type", "none");
    file?.carried();
  } else if (/^(syslog|\/dev\/(stdout|stderr|fd\/[12]))$/.test(value)) {
    text.set("log-type", "buffer");
    if (file !== undefined) {
      text.decide(file, "log-type = buffer is written; see runs-on-console for the terminal");
    }
  } else if (word !== undefined) {
    text.set("log-type", "file");
    text.set("logfile", [word]);
    limits(read);
    file?.carried();
  }
  const errors = read.directive("stderr_logfile");
  const redirects = read.directive("redirect_stderr");
  redirects?.carried("errors always go where the output goes");
  if (errors === undefined) return;
  if (errors.value === value || /^(AUTO|NONE|)$/i.test(errors.value)) {
    errors.changed("errors go where the output goes");
  } else text.decide(errors, "errors go where the output goes; the command can redirect them");
}

function limits(read: Options): void {
  const { text } = read;
  const size = read.directive("stdout_logfile_maxbytes");
  const keep = read.directive("stdout_logfile_backups");
  const [, number, unit] = /^([0-9]{1,12})(KB|MB|GB|)$/i.exec(size?.value ?? USUAL.maxBytes) ?? [];
  if (number !== undefined) {
    text.set("log-max-size", `${number}${unit.slice(0, 1).toUpperCase()}`);
    size?.carried();
  } else if (size !== undefined) text.decide(size, "this is no size");
  const count = keep?.value ?? USUAL.backups;
  if (/^[0-9]{1,6}$/.test(count) && Number(number) > 0) text.set("log-keep", count);
  keep?.carried();
}

/** The variables of all programs, and then those of the program. */
function importVariables(read: Options, result: ImportResult, shared: Directive | undefined): void {
  const { text } = read;
  const variables = new Map([["SUPERVISOR_ENABLED", "1"], ["SUPERVISOR_PROCESS_NAME", text.name]]);
  if (shared !== undefined) addVariables(read, shared, variables);
  const directive = read.directive("environment");
  if (directive !== undefined) addVariables(read, directive, variables);
  result.setVariables([text], variables);
}

/** `NAME="value",OTHER=value`: commas separate outside of quotes. */
function addVariables(read: Options, directive: Directive, variables: Map<string, string>): void {
  const pattern = /\s*([A-Za-z_]\w*)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^,"'\s]*)\s*(?:,|$)/y;
  while (pattern.lastIndex < directive.value.length) {
    const match = pattern.exec(directive.value);
    const quoted = match === null ? undefined : shellSplit(match[2]);
    if (match === null || quoted === undefined) {
      return read.text.decide(directive, "one of the variables cannot be read");
    }
    const [, name] = match;
    const value = read.expanded(quoted.join(" "));
    if (value === undefined || !isWritableVariable(name, value)) {
      read.text.decide(directive, `a file of variables cannot hold the value of ${name}`);
    } else variables.set(name, value);
  }
  directive.changed("the variables are in the file that env-file names");
}

/** Options without a counterpart. */
function explainRest({ options }: Section, text: DescriptionText): void {
  for (const directive of options.values()) {
    if (directive.isClassified) continue;
    if (/^(stdout|stderr)_(logfile_(maxbytes|backups)|capture_maxbytes)$/.test(directive.name)) {
      directive.changed("errors go where the output goes, with its limits");
    } else if (/_events_enabled$|_syslog$/.test(directive.name)) {
      directive.none("see dinitctl events and log-type");
    } else if (directive.name === "serverurl") directive.none("dinit has its own protocol and socket");
    else if (!["numprocs_start", "process_name", "priority", "autostart"].includes(directive.name)) {
      directive.none(`${text.name}: this import does not know it`);
    }
  }
}
