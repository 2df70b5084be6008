/** The commands of a service: what runs it, prepares it, stops it and cleans up behind it. */

import type { Directive } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import { plainWords, shellCommand, shellLine, textOf, type Word } from "../words.ts";
import { type ExecLine, readExec } from "./exec_line.ts";
import { withPrefix } from "./privileges.ts";
import type { ServiceContext, Step } from "./service_context.ts";

/** What a scripted service without a command runs. */
const NOTHING = "/bin/true";

/** A command, and the directive that it comes from. */
interface Command {
  readonly directive: Directive;
  readonly line: ExecLine;
}

/** All commands of a name, each of which is carried. */
function commandsOf(context: ServiceContext, name: string): Command[] {
  return context.unit.all("Service", name).flatMap((directive) => {
    const read = readExec(directive.value, context.unit);
    if ("fault" in read) {
      context.text.decide(directive, read.fault);
      return [];
    }
    if (read.lines.some(({ calledAs }) => calledAs !== undefined)) {
      directive.changed("the program sees its path as its name");
    }
    return read.lines.map((line) => ({ directive, line }));
  });
}

/** `ExecStart` and the others. Everything that adds steps or words to commands has been read before. */
export function importCommands(context: ServiceContext): void {
  const start = commandsOf(context, "ExecStart");
  importStart(context, start);
  const prepared = commandsOf(context, "ExecStartPre");
  for (const { directive, line } of prepared) {
    context.before.push({ line: stepLine(line), isPrivileged: line.isPrivileged });
    directive.changed("a service that this one is prepared-by runs it");
  }
  for (const { directive, line } of commandsOf(context, "ExecStopPost")) {
    context.afterwards.push({ line: `${stepLine(line)} || :`, isPrivileged: line.isPrivileged });
    directive.changed("the stop-command of a service that this one is prepared-by runs it");
  }
  importStop(context);
  importReload(context);
  writePreparation(context);
  importStartPost(context);
}

function importStart(context: ServiceContext, commands: readonly Command[]): void {
  const { text, type, preparation } = context;
  text.set("type", type);
  if (commands.length === 0) {
    text.set(
      "command",
      type === "scripted" ? shellOr(context, plainWords(NOTHING)) : plainWords("/bin/false"),
    );
    if (type !== "scripted") text.comment("Decide: the unit has no command that could be read; write one.");
    return;
  }
  for (const { directive, line } of commands) noteStart(context, directive, line);
  const [{ line: only }] = commands;
  if (commands.length === 1 && !(only.ignoresFailure && type === "scripted")) {
    text.set("command", shellOr(context, withPrefix(context, only.words)));
    return;
  }
  if (type !== "scripted") {
    commands.slice(1).forEach(({ directive }) => text.decide(directive, "a process service has one command"));
    text.set("command", shellOr(context, withPrefix(context, only.words)));
    return;
  }
  const lines = commands.map(({ line }) => stepLine({ ...line, words: withPrefix(context, line.words) }));
  text.set("command", shellCommand(["set -e", ...preparation, ...lines].join("; ")));
}

function noteStart({ text, type, user }: ServiceContext, directive: Directive, line: ExecLine): void {
  if (line.isPrivileged && user !== "") {
    text.remove("run-as");
    directive.changed("it runs as the user of the daemon: run-as is not written");
  }
  if (line.ignoresFailure && type !== "scripted") {
    directive.changed("an end with a status other than 0 is a failure here");
  } else directive.carried();
}

/** A command, behind the preparation in a shell if there is any. */
function shellOr({ preparation }: ServiceContext, words: readonly Word[]): readonly Word[] {
  if (preparation.length === 0) return words;
  return shellCommand([...preparation, `exec ${shellLine(words)}`].join("; "));
}

function stepLine({ words, ignoresFailure }: ExecLine): string {
  return `${shellLine(words)}${ignoresFailure ? " || :" : ""}`;
}

/** The signal of `kill -HUP $MAINPID`; `undefined` for another command. */
function killSignal({ words }: ExecLine): string | undefined {
  const texts = words.map((word) => {
    const [part] = word;
    return typeof part === "object" ? `$${part.variable}` : textOf(word);
  });
  const [program, ...rest] = texts;
  if (program === undefined || !/(^|\/)kill$/.test(program) || rest.at(-1) !== "$MAINPID") return undefined;
  const option = rest.slice(0, -1).join(" ");
  if (option === "") return "TERM";
  return /^-(?:s )?(?:SIG)?([A-Z0-9+]+)$/.exec(option)?.[1];
}

function namesMainPid({ words }: ExecLine): boolean {
  return words.some((word) => word.some((part) => typeof part === "object" && part.variable === "MAINPID"));
}

/** The signals of `term-signal` by their numbers. */
const NUMBERED: Readonly<Record<string, string>> = {
  "1": "HUP",
  "2": "INT",
  "3": "QUIT",
  "9": "KILL",
  "15": "TERM",
};

function importStop(context: ServiceContext): void {
  const { text, type, preparation } = context;
  const lines: ExecLine[] = [];
  for (const { directive, line } of commandsOf(context, "ExecStop")) {
    const signal = killSignal(line);
    if (signal !== undefined && type !== "scripted") {
      text.set("term-signal", NUMBERED[signal] ?? signal);
      directive.changed(`term-signal = ${NUMBERED[signal] ?? signal}`);
    } else if (namesMainPid(line)) {
      text.decide(
        directive,
        "a stop-command does not know the process ID: term-signal sends a signal to the process",
      );
    } else {
      lines.push(line);
      if (line.ignoresFailure) directive.changed("a failure is logged");
      else if (type === "scripted") directive.carried();
      else directive.changed("stop-command; while it runs, the process gets no signal before stop-timeout");
    }
  }
  if (lines.length === 0) return;
  const [only] = lines;
  const command = lines.length === 1
    ? shellOr(context, only.words)
    : shellCommand([...preparation, ...lines.map(stepLine)].join("; "));
  text.set("stop-command", command);
}

/** There are no reloads here: a signal, or the command itself, does it. */
function importReload(context: ServiceContext): void {
  const { text } = context;
  for (const { directive, line } of commandsOf(context, "ExecReload")) {
    const signal = killSignal(line);
    if (signal === undefined) {
      text.decide(directive, "there is no command for reloading: run it yourself");
      continue;
    }
    const command = `dinitctl signal ${NUMBERED[signal] ?? signal} ${text.name}`;
    text.comment(`To reload: ${command}`);
    directive.changed(command);
  }
  for (const { directive } of commandsOf(context, "ExecReloadPost")) {
    text.decide(directive, "there is no command for reloading: run it yourself");
  }
}

/** A service that prepares this one, runs again with each start, and cleans up behind it. */
function writePreparation(context: ServiceContext): void {
  const { before, afterwards, text } = context;
  if (before.length === 0 && afterwards.length === 0) return;
  const groups = before.length === 0 ? [[]] : groupsOf(before, context.user !== "");
  let follower = text;
  for (let at = groups.length - 1; at >= 0; at--) {
    const suffix = groups.length === 1 ? "-pre" : `-pre-${at + 1}`;
    const prepared = context.result.describe(`${text.name}${suffix}`, ...context.unit.inputs);
    const steps = groups[at];
    prepared.set("type", "scripted");
    const lines = steps.map(({ line }) => line);
    const script = ["set -e", ...shared(context), ...lines].join("; ");
    prepared.set("command", steps.length === 0 ? plainWords(NOTHING) : shellCommand(script));
    if (at === 0 && afterwards.length > 0) {
      prepared.set(
        "stop-command",
        shellCommand([...shared(context), ...afterwards.map(({ line }) => line)].join("; ")),
      );
    }
    if (context.user !== "" && steps.length > 0 && !steps[0].isPrivileged) {
      prepared.set("run-as", context.user);
    }
    copySettings(text, prepared);
    follower.relate(
      "prepared-by",
      context.unit.isTemplate ? [`${prepared.name}@`, { variable: "1" }] : prepared.name,
    );
    prepared.shareRelations(text);
    follower = prepared;
  }
}

/** The preparation that concerns other commands, too: not the conditions of the main one. */
function shared({ preparation }: ServiceContext): string[] {
  return preparation.filter((line) => !line.endsWith("|| exit 0"));
}

/** What the commands around a service share with it. */
function copySettings(from: DescriptionText, to: DescriptionText): void {
  for (const setting of ["working-dir", "start-timeout", "log-type", "logfile"] as const) {
    to.copy(setting, from);
  }
}

/** Neighbouring steps of the same user. */
function groupsOf(steps: readonly Step[], hasUser: boolean): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last !== undefined && (!hasUser || last[0].isPrivileged === step.isPrivileged)) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** A service that follows this one. Nothing starts it by itself. */
function importStartPost(context: ServiceContext): void {
  const { text, unit } = context;
  const commands = commandsOf(context, "ExecStartPost");
  if (commands.length === 0) return;
  const known = commands.filter(({ line, directive }) => {
    if (!namesMainPid(line)) return true;
    text.decide(directive, "a command of another service does not know the process ID");
    return false;
  });
  if (known.length === 0) return;
  const after = context.result.describe(`${text.name}-post`, ...unit.inputs);
  after.set("type", "scripted");
  after.set(
    "command",
    shellCommand(["set -e", ...shared(context), ...known.map(({ line }) => stepLine(line))].join("; ")),
  );
  if (context.user !== "" && known.every(({ line }) => !line.isPrivileged)) after.set("run-as", context.user);
  copySettings(text, after);
  after.relate("depends-on", unit.isTemplate ? [`${text.name}@`, { variable: "1" }] : text.name);
  for (const { directive } of known) {
    directive.changed(`the service ${after.name} runs it: enable that one, which starts ${text.name}`);
  }
}
