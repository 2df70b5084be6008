/** One service of a compose file as a description. */

import type { Directive } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import { parseDotenv } from "../dotenv.ts";
import { InputFile } from "../../shared/account.ts";
import { kindOfPath, readInput } from "../input_files.ts";
import { type ImportResult, isWritableVariable } from "../result.ts";
import { plainWords } from "../words.ts";
import { durationOf, type Fields, pairsOf, textsOf } from "./fields.ts";
import { importHealth } from "./health.ts";
import { importLimits } from "./limits.ts";
import { containerCommand, explainContainer } from "./podman.ts";

/** The time that docker gives a container to stop, in seconds. */
const USUAL_STOP = 10;

/** What the import of a service needs of its file. */
export interface ComposeContext {
  readonly result: ImportResult;
  /** The folder of the file, as an absolute path. */
  readonly folder: string;
  /** The name of the network of podman; `undefined` without `--podman`. */
  readonly network: string | undefined;
  /** The services on whose end others wait. */
  readonly completed: ReadonlySet<string>;
  readonly services: ReadonlyMap<string, DescriptionText>;
}

/** Fills the description of a service. */
export function importService(fields: Fields, text: DescriptionText, context: ComposeContext): void {
  const isScript = context.completed.has(fields.name);
  text.set("type", isScript ? "scripted" : "process");
  const variables = variablesOf(fields, text, context);
  importCommand(fields, text, context, variables);
  importRestart(fields, text, isScript);
  importStop(fields, text, isScript);
  importHealth(fields, text, { isScript, container: isContainer(fields, context) ? text.name : undefined });
  text.set("log-type", "buffer");
  importDependencies(fields, text, context);
  if (context.network !== undefined && isContainer(fields, context)) {
    text.relate("depends-on", context.network);
  }
  context.result.setVariables([text], variables);
  explainContainer(fields, text, isContainer(fields, context));
}

function isContainer(fields: Fields, { network }: ComposeContext): boolean {
  return network !== undefined && (fields.tree("image") ?? fields.tree("build")) !== undefined;
}

function importCommand(
  fields: Fields,
  text: DescriptionText,
  context: ComposeContext,
  variables: ReadonlyMap<string, string>,
): void {
  const entrypoint = fields.words("entrypoint", text);
  const command = fields.words("command", text);
  if (isContainer(fields, context) && context.network !== undefined) {
    const words = containerCommand(fields, text, {
      network: context.network,
      variables,
      entrypoint,
      command,
    });
    text.set("command", plainWords(...words));
    text.set("working-dir", context.folder);
    return;
  }
  const words = [...entrypoint ?? [], ...command ?? []];
  for (const name of ["image", "build"]) {
    const directive = fields.directive(name);
    if (directive === undefined) continue;
    text.decide(
      directive,
      words.length === 0
        ? "write the command that the image runs, or import with --podman"
        : "the command runs on this machine and not in the image; --podman runs the image",
    );
  }
  text.set("command", words.length === 0 ? plainWords("/bin/false") : plainWords(...words));
  importPlace(fields, text, context);
  importLimits(fields, text);
}

function importPlace(fields: Fields, text: DescriptionText, { folder }: ComposeContext): void {
  const place = fields.text("working_dir");
  text.set(
    "working-dir",
    place === undefined ? folder : place.startsWith("/") ? place : `${folder}/${place}`,
  );
  fields.directive("working_dir")?.carried();
  const user = fields.text("user");
  const directive = fields.directive("user");
  if (user === undefined || directive === undefined) return;
  if (/^[\w.-]+$/.test(user)) {
    text.set("run-as", user);
    directive.carried();
  } else text.decide(directive, "run-as takes a user, and gives the process the groups of that user");
}

/** The variables of `env_file` and `environment`. */
function variablesOf(fields: Fields, text: DescriptionText, context: ComposeContext): Map<string, string> {
  const variables = new Map<string, string>();
  const file = fields.directive("env_file");
  if (file !== undefined) importFiles(fields, text, file, context, variables);
  const directive = fields.directive("environment");
  const tree = fields.tree("environment");
  if (directive === undefined || tree === undefined) return variables;
  const pairs = pairsOf(tree);
  if (pairs === undefined) {
    text.decide(directive, "it is no map and no list of NAME=VALUE");
    return variables;
  }
  for (const [name, value] of pairs) {
    if (value === undefined) directive.changed(`${name} comes from the environment of the daemon`);
    else if (isWritableVariable(name, value)) variables.set(name, value);
    else text.decide(directive, `a file of variables cannot hold ${name}`);
  }
  directive.changed("the variables are in the file that env-file names");
  return variables;
}

function importFiles(
  fields: Fields,
  text: DescriptionText,
  directive: Directive,
  { folder, result }: ComposeContext,
  variables: Map<string, string>,
): void {
  const tree = fields.tree("env_file");
  const items = tree?.kind === "list" ? tree.items : tree === undefined ? [] : [tree];
  for (const item of items) {
    const path = item.kind === "text" ? item : item.kind === "map" ? item.entries.get("path") : undefined;
    if (path?.kind !== "text") {
      text.decide(directive, "it is no path");
      continue;
    }
    const whole = path.text.startsWith("/") ? path.text : `${folder}/${path.text}`;
    const required = item.kind === "map" ? item.entries.get("required") : undefined;
    if (kindOfPath(whole) !== "file" && required?.kind === "text" && required.text === "false") {
      directive.changed(`there is no file ${path.text}, and it is not required`);
      continue;
    }
    if (kindOfPath(whole) !== "file") {
      text.decide(directive, `there is no file ${path.text}: give the service its variables with env-file`);
      continue;
    }
    const known = result.inputs.find((input) => input.path === whole);
    const input = known ?? new InputFile(whole);
    if (known === undefined) result.inputs.push(input);
    const before = input.directives.length;
    for (const { name, value, directive: line } of parseDotenv(readInput(whole), input)) {
      variables.set(name, value);
      line.changed("it is in the file that env-file of the service names");
    }
    if (known !== undefined) input.directives.splice(before);
    directive.changed("the variables are copied to the file that env-file names");
  }
}

function importRestart(fields: Fields, text: DescriptionText, isScript: boolean): void {
  const directive = fields.directive("restart") ?? fields.directive("deploy.restart_policy.condition");
  const value = fields.text("restart") ?? conditionOf(fields.text("deploy.restart_policy.condition"));
  const [policy, count] = (value ?? "no").split(":");
  const restart =
    { always: "yes", "unless-stopped": "yes", "on-failure": "on-failure", no: "no", false: "no" }[policy];
  if (directive !== undefined) {
    if (restart === undefined) text.decide(directive, "no such word is known");
    else if (policy === "unless-stopped") {
      directive.changed("restart = yes; the daemon starts what is enabled");
    } else directive.carried();
  }
  if (isScript) return;
  text.set("restart", restart ?? "no");
  if (restart === "no" || restart === undefined) return;
  text.set("restart-limit-count", /^[0-9]{1,6}$/.test(count ?? "") ? count : "0");
  text.set("restart-delay", "0.1");
  text.set("restart-delay-factor", "2");
  text.set("restart-delay-max", "1m");
}

function conditionOf(condition: string | undefined): string | undefined {
  return condition === "any" ? "always" : condition === "none" ? "no" : condition;
}

function importStop(fields: Fields, text: DescriptionText, isScript: boolean): void {
  const period = fields.directive("stop_grace_period");
  const seconds = durationOf(fields.text("stop_grace_period") ?? `${USUAL_STOP}s`);
  if (period !== undefined) {
    if (seconds === undefined) text.decide(period, "it is no duration");
    else period.carried();
  }
  if (isScript) text.set("start-timeout", "0");
  text.set("stop-timeout", String(seconds ?? USUAL_STOP));
  const signal = fields.directive("stop_signal");
  if (signal === undefined) return;
  const name = signal.value.replace(/^SIG/, "");
  if (!/^(HUP|INT|QUIT|KILL|USR1|USR2|TERM|CONT|STOP)$/.test(name)) {
    return text.decide(signal, "term-signal takes no such signal");
  }
  if (!isScript) text.set("term-signal", name);
  signal.carried();
}

/** `depends_on` as a list, or as a map with conditions. */
function importDependencies(fields: Fields, text: DescriptionText, context: ComposeContext): void {
  const list = fields.directive("depends_on");
  const tree = fields.tree("depends_on");
  if (list !== undefined && tree !== undefined) {
    const names = tree.kind === "map" && tree.entries.size === 0 ? [] : textsOf(tree);
    if (names === undefined) text.decide(list, "it is no list of services");
    else for (const name of names) depend(name, "service_started", list, text, context);
    if (names?.length === 0) list.carried();
  }
  for (const [name, one, directive] of fields.below("depends_on.")) {
    const entry = (key: string) => {
      const value = one.kind === "map" ? one.entries.get(key) : undefined;
      return value?.kind === "text" ? value.text : undefined;
    };
    const isRequired = entry("required") !== "false";
    const condition = entry("condition") ?? "service_started";
    depend(name, condition, directive, text, context, { isRequired, restarts: entry("restart") === "true" });
  }
}

function depend(
  name: string,
  condition: string,
  directive: Directive,
  text: DescriptionText,
  { services }: ComposeContext,
  { isRequired = true, restarts = false } = {},
): void {
  const other = services.get(name);
  if (other === undefined) return text.decide(directive, `there is no service '${name}' in the file`);
  const relation = !isRequired ? "waits-for" : restarts ? "depends-on" : "depends-ms";
  text.relate(relation, other.name, directive);
  switch (condition) {
    case "service_started":
      return directive.changed(relation);
    case "service_completed_successfully":
      return directive.changed(`${relation}; ${other.name} is a scripted service`);
    case "service_healthy":
      return directive.changed(`${relation}; the start of ${other.name} ends when it is healthy`);
  }
  text.decide(directive, `no condition '${condition}' is known`);
}
