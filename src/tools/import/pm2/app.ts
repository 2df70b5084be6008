/** One program of an ecosystem file as descriptions, one for each instance. */

import type { Directive, InputFile } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import { folderOf, lastPart } from "../input_files.ts";
import { absolute } from "../procfile.ts";
import { type ImportResult, isWritableVariable } from "../result.ts";
import { shellSplit } from "../shell_words.ts";
import { plain, plainWords, shellCommand, shellLine, type Word } from "../words.ts";

/** More instances are not written. */
const MOST_INSTANCES = 256;

/** The interpreters that pm2 chooses by the ending of a script. */
const INTERPRETERS: Readonly<Record<string, string>> = {
  js: "node",
  cjs: "node",
  mjs: "node",
  ts: "bun",
  py: "python3",
  rb: "ruby",
  php: "php",
  pl: "perl",
  sh: "bash",
};

/** The time that pm2 gives a program to stop, in milliseconds. */
const USUAL_KILL_TIMEOUT = 1600;
/** The restarts that pm2 allows without `max_restarts`. */
const USUAL_RESTARTS = 16;
/** The longest pause of pm2 between two starts, in milliseconds. */
const LONGEST_DELAY = 15_000;

/** Other names of options. */
const ALIASES: Readonly<Record<string, string>> = {
  exec_interpreter: "interpreter",
  node_args: "interpreter_args",
  interpreterArgs: "interpreter_args",
  nodeArgs: "interpreter_args",
  out: "out_file",
  output: "out_file",
  error: "error_file",
  log: "log_file",
  exec_mode: "exec_mode",
  cron: "cron_restart",
};

/** The options of one program, each with its place in the account. */
class App {
  readonly #options = new Map<string, { readonly value: unknown; readonly directive: Directive }>();

  constructor(options: Readonly<Record<string, unknown>>, input: InputFile, text: string, from: number) {
    const name = String(options.name ?? "app");
    for (const [key, value] of Object.entries(options)) {
      const at = Math.max(text.indexOf(key, from), 0);
      const shown = typeof value === "string" ? value : JSON.stringify(value) ?? "";
      const directive = input.add(key, shown, text.slice(0, at).split("\n").length, name);
      this.#options.set(ALIASES[key] ?? key, { value, directive });
    }
  }

  value(name: string): unknown {
    return this.#options.get(name)?.value;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  }

  directive(name: string): Directive | undefined {
    return this.#options.get(name)?.directive;
  }

  entries() {
    return [...this.#options];
  }
}

/** Makes the descriptions of a program. */
export function importApp(
  options: Readonly<Record<string, unknown>>,
  input: InputFile,
  text: string,
  result: ImportResult,
): void {
  const wanted = String(options.name ?? lastPart(String(options.script ?? "app")).replace(/\.\w+$/, ""));
  const app = new App(
    options,
    input,
    text,
    Math.max(text.indexOf(wanted), 0) && text.lastIndexOf("{", text.indexOf(wanted)),
  );
  const count = instanceCount(app);
  const services: DescriptionText[] = [];
  const home = absolute(folderOf(input.path));
  for (let at = 0; at < count; at++) {
    const service = result.describe(count === 1 ? wanted : `${wanted}-${at}`, input);
    services.push(service);
    describeInstance(app, service, home);
    const variables = variablesOf(app, service);
    if (count > 1) variables.set("NODE_APP_INSTANCE", String(at));
    result.setVariables([service], variables);
  }
  if (count > 1) {
    const group = result.describe(wanted, input);
    group.set("type", "internal");
    for (const { name } of services) group.relate("waits-for", name);
  }
  explainRest(app, services[0]);
}

function instanceCount(app: App): number {
  const directive = app.directive("instances");
  const value = app.value("instances");
  const count = Number(value ?? 1);
  if (directive === undefined) return 1;
  if (Number.isInteger(count) && count >= 1 && count <= MOST_INSTANCES) {
    directive.changed(
      count === 1 ? "one process" : "a description for each; they do not share a port as a cluster does",
    );
    return count;
  }
  directive.decision("a process for each processor: write a number; one process is written");
  return 1;
}

function describeInstance(app: App, service: DescriptionText, home: string): void {
  service.set("type", "process");
  const cwd = app.text("cwd");
  const folder = cwd === undefined
    ? home
    : cwd.startsWith("/")
    ? cwd
    : `${home}/${cwd}`.replaceAll("/./", "/");
  service.set("working-dir", folder);
  app.directive("cwd")?.carried();
  importCommand(app, service);
  importRestarts(app, service);
  importMemory(app, service);
  importOutput(app, service);
  const user = app.text("uid") ?? app.text("user");
  if (user !== undefined) service.set("run-as", user);
  for (const name of ["uid", "user"]) app.directive(name)?.carried();
  app.directive("gid")?.decision("run-as gives the process the groups of its user");
  const timeout = Number(app.value("kill_timeout") ?? USUAL_KILL_TIMEOUT);
  if (timeout >= 0) service.set("stop-timeout", String(timeout / 1000));
  app.directive("kill_timeout")?.carried();
  service.set("term-signal", "INT");
  importReadiness(app, service);
}

function importCommand(app: App, service: DescriptionText): void {
  const script = app.text("script");
  if (script === undefined) {
    service.set("command", plainWords("/bin/false"));
    service.comment("Decide: the program has no script; write a command.");
    return;
  }
  const ending = /\.(\w+)$/.exec(script)?.[1] ?? "";
  const interpreter = app.text("interpreter") ?? INTERPRETERS[ending];
  const before = [...wordsOf(app, service, "interpreter_args")];
  const program = interpreter === undefined || interpreter === "none" ? [] : [plain(interpreter), ...before];
  const words = [...program, plain(script), ...wordsOf(app, service, "args")];
  const needsShell = /\s/.test(script) && program.length === 0;
  service.set(
    "command",
    needsShell
      ? shellCommand(`${isPlain(script) ? "exec " : ""}${script} ${shellLine(words.slice(1))}`.trimEnd())
      : words,
  );
  for (const name of ["script", "interpreter"]) app.directive(name)?.carried();
}

/** Whether a line of shell is one command, so that the shell can become it. */
function isPlain(script: string): boolean {
  return /^[\w@%+:,./ -]+$/.test(script);
}

function wordsOf(app: App, service: DescriptionText, name: string): Word[] {
  const value = app.value(name);
  const directive = app.directive(name);
  if (directive === undefined) return [];
  const words = Array.isArray(value) ? value.map(String) : shellSplit(String(value));
  if (words === undefined) service.decide(directive, "a quote is not closed");
  else directive.carried();
  return (words ?? []).map(plain);
}

function importRestarts(app: App, service: DescriptionText): void {
  const isOn = app.value("autorestart") !== false;
  service.set("restart", isOn ? "yes" : "no");
  app.directive("autorestart")?.carried();
  const most = Number(app.value("max_restarts") ?? USUAL_RESTARTS);
  if (Number.isInteger(most) && most >= 0) service.set("restart-limit-count", String(most));
  app.directive("max_restarts")?.changed("restart-limit-count");
  const delay = Number(app.value("restart_delay") ?? 0);
  if (delay > 0) service.set("restart-delay", String(delay / 1000));
  app.directive("restart_delay")?.changed("restart-delay counts from start to start");
  const growth = Number(app.value("exp_backoff_restart_delay") ?? 0);
  if (growth > 0) {
    service.set("restart-delay", String(growth / 1000));
    if (isOn && growth < LONGEST_DELAY) {
      service.set("restart-delay-factor", "1.5");
      service.set("restart-delay-max", `${LONGEST_DELAY / 1000}s`);
    }
  }
  app.directive("exp_backoff_restart_delay")?.changed("restart-delay with restart-delay-factor = 1.5");
  app.directive("min_uptime")?.changed("restart-limit-interval says in which time restarts count");
  const codes = app.directive("stop_exit_codes");
  if (codes !== undefined && codes.value.replaceAll(/[[\]\s]/g, "") === "0") {
    service.set("restart", "on-failure");
    codes.carried();
  } else codes?.none("only status 0 is a success; see restart = on-failure");
}

/** The system ends a process that needs more, and then it restarts. */
function importMemory(app: App, service: DescriptionText): void {
  const directive = app.directive("max_memory_restart");
  if (directive === undefined) return;
  const size = /^([0-9]{1,12})([KMG]?)B?$/i.exec(directive.value);
  if (size === null) return service.decide(directive, "this is no size");
  service.set("memory-max", `${size[1]}${size[2].toUpperCase()}`);
  directive.changed("memory-max: the system ends a process that needs more, and then it restarts");
}

function importOutput(app: App, service: DescriptionText): void {
  const path = app.text("log_file") ?? app.text("out_file");
  if (path === undefined || path === "/dev/null" || path === "NULL") {
    service.set("log-type", path === undefined ? "buffer" : "none");
  } else {
    service.set("log-type", "file");
    service.set("logfile", path);
  }
  for (const name of ["log_file", "out_file"]) app.directive(name)?.carried();
  const errors = app.directive("error_file");
  if (errors === undefined) return;
  if (app.text("error_file") === path) errors.carried();
  else service.decide(errors, "errors go where the output goes; the command can redirect them");
}

function importReadiness(app: App, service: DescriptionText): void {
  const waits = app.directive("wait_ready");
  if (waits !== undefined) {
    if (app.value("wait_ready") === true) {
      service.decide(waits, "the program says process.send('ready') to pm2 only; see ready-notification");
    } else waits.carried();
  }
  const limit = Number(app.value("listen_timeout") ?? 0);
  if (limit > 0) service.set("start-timeout", String(limit / 1000));
  app.directive("listen_timeout")?.changed("start-timeout");
}

function variablesOf(app: App, service: DescriptionText): Map<string, string> {
  const variables = new Map<string, string>();
  const directive = app.directive("env");
  const value = app.value("env");
  if (directive === undefined) return variables;
  if (typeof value !== "object" || value === null) {
    service.decide(directive, "it is no object");
    return variables;
  }
  for (const [name, one] of Object.entries(value)) {
    const text = typeof one === "object" ? JSON.stringify(one) : String(one);
    if (isWritableVariable(name, text)) variables.set(name, text);
    else service.decide(directive, `a file of variables cannot hold ${name}`);
  }
  directive.changed("the variables are in the file that env-file names");
  return variables;
}

/** Options that say nothing about the process, or that nothing here does. */
const NOTES: Readonly<Record<string, string>> = {
  watch: "dinit does not watch files: call dinitctl restart when they change",
  ignore_watch: "dinit does not watch files",
  watch_delay: "dinit does not watch files",
  watch_options: "dinit does not watch files",
  cron_restart: "a scheduled service can call dinitctl restart",
  shell: "a line with spaces runs in /bin/sh",
  exec_mode: "each instance is a separate process; none of them shares a port",
};

function explainRest(app: App, service: DescriptionText): void {
  app.directive("name")?.carried(`the service is ${service.name}`);
  for (const [name, { value, directive }] of app.entries()) {
    if (directive.isClassified) continue;
    if (value === false || value === null) directive.carried();
    else if (/^env_/.test(name)) {
      service.decide(directive, "another environment: exchange the file of env-file for it");
    } else if (name === "exec_mode" && /^fork/.test(String(value))) directive.carried();
    else if (name === "cron_restart") service.decide(directive, NOTES[name]);
    else if (Object.hasOwn(NOTES, name)) directive.none(NOTES[name]);
    else if (/^(merge_logs|log_date_format|log_type|time|combine_logs)$/.test(name)) {
      directive.none("see log-type = kept and log-timestamps");
    } else if (/^(treekill|kill_retry_time|shutdown_with_message)$/.test(name)) {
      directive.changed("term-signal, stop-timeout and kill-mode say how a service stops");
    } else if (
      /^(namespace|vizion|post_update|pmx|automation|autostart|source_map_support|force|filter_env|appendEnvToName|increment_var|instance_var|disable_trace|trace)$/
        .test(name)
    ) {
      directive.none("it concerns pm2 itself");
    }
  }
}
