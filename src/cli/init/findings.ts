/** Which services a project seems to have. */

import { isValidServiceName } from "../../model/names.ts";
import { ToolFailure } from "../shared/failure.ts";
import { parseProcfile, shellScript } from "../up/procfile.ts";

/** A service that was found. */
export interface FoundService {
  readonly name: string;
  /** The words of its command. */
  readonly command: readonly string[];
  /** Where it was found, for people. */
  readonly from: string;
}

/** What was found. */
export interface Findings {
  /** Never empty: a project without anything gets an example. */
  readonly services: readonly FoundService[];
  /** What the user should know, one line each. */
  readonly notes: readonly string[];
}

/** Scripts and tasks that run until they are stopped; the first one of each group is taken. */
const LASTING: readonly (readonly string[])[] = [["dev", "start", "serve"], ["worker"], ["watch"]];
/** `dev:api`, `start-web` and the like are services, too. */
const LASTING_PREFIX = /^(?:dev|start|serve)[:-](.+)$/;

const COMPOSE = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/** The services for a folder without any sign of one. */
const EXAMPLE: FoundService = {
  name: "hello",
  command: ["/bin/sh", "-c", "while :; do echo hello; sleep 2; done"],
  from: "an example: nothing was found here",
};

/** Looks for services in a folder. Throws `ToolFailure` if a file cannot be understood. */
export function findServices(folder: string): Findings {
  const services = new Map<string, FoundService>();
  const notes: string[] = [];
  const add = (service: FoundService) => {
    const { name, from } = service;
    if (!isValidServiceName(name)) {
      notes.push(`${from} was left out: '${name}' cannot be the name of a service`);
    } else if (services.has(name)) notes.push(`${from} was left out: there is a service ${name} already`);
    else services.set(name, service);
  };
  const procfile = textOf(`${folder}/Procfile`);
  if (procfile !== undefined) {
    for (const [index, entry] of parseProcfile(procfile, "Procfile").entries()) {
      add({ name: entry.name, command: ["/bin/sh", "-c", shellScript(entry, index)], from: "Procfile" });
    }
  }
  for (const { file, key, words } of scriptFiles(folder)) {
    const scripts = scriptsOf(folder, file, key);
    for (const [name, script] of lasting(scripts)) {
      add({ name, command: [...words, script], from: `${file}: ${script}` });
    }
  }
  for (const name of COMPOSE.filter((name) => textOf(`${folder}/${name}`) !== undefined)) {
    notes.push(`${name} was left out: dinit import compose ${name} translates it`);
  }
  return { services: services.size === 0 ? [EXAMPLE] : [...services.values()], notes };
}

const scriptFiles = (folder: string) => [
  { file: "package.json", key: "scripts", words: [packageManager(folder), "run"] },
  { file: "deno.json", key: "tasks", words: ["deno", "task"] },
  { file: "deno.jsonc", key: "tasks", words: ["deno", "task"] },
];

/** The program that the lock file of the project belongs to. */
function packageManager(folder: string): string {
  const locks = [["pnpm-lock.yaml", "pnpm"], ["yarn.lock", "yarn"], ["bun.lock", "bun"], [
    "bun.lockb",
    "bun",
  ]];
  return locks.find(([file]) => textOf(`${folder}/${file}`) !== undefined)?.[1] ?? "npm";
}

/** Names of services with the scripts that run them. */
function lasting(scripts: readonly string[]): [name: string, script: string][] {
  const found: [string, string][] = [];
  for (const script of scripts) {
    const name = LASTING_PREFIX.exec(script)?.[1].replaceAll(/[^\w.-]+/g, "-");
    if (name !== undefined) found.push([name, script]);
  }
  for (const [index, group] of LASTING.entries()) {
    const script = group.find((one) => scripts.includes(one));
    if (script === undefined || (index === 0 && found.length > 0)) continue; // `dev` runs all of `dev:…`
    found.push([index === 0 ? "web" : script, script]);
  }
  return found;
}

function scriptsOf(folder: string, file: string, key: string): string[] {
  const text = textOf(`${folder}/${file}`);
  if (text === undefined) return [];
  let document: unknown;
  try {
    document = JSON.parse(file.endsWith("c") ? withoutComments(text) : text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ToolFailure(`dinit init: ${file} is not JSON: ${error.message}\n    correct it, and try again`);
  }
  const scripts = (document as Readonly<Record<string, unknown>> | null)?.[key];
  return typeof scripts === "object" && scripts !== null ? Object.keys(scripts) : [];
}

/** JSON with comments and commas at the end, as `deno.jsonc` has them. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_, string = "") => string)
    .replaceAll(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string = "") => string);
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}
