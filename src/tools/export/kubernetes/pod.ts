/** What one pod holds, derived from its services. */

import {
  DependencyKind,
  hasCheck,
  hasProcess,
  isOrdering,
  type ServiceDescription,
} from "../../../model/mod.ts";
import type { Directive } from "../../shared/account.ts";
import type { ExportRequest } from "../request.ts";
import type { ExportedService, ServiceSet } from "../service_set.ts";
import { gracePeriod } from "./grace_period.ts";
import type { PodFacts } from "./manifests.ts";

/** What dinit needs to run services as other users. */
const USER_CAPABILITIES = ["SETUID", "SETGID", "KILL", "CHOWN"];

/** What the daemon itself needs beside its services, in bytes. */
const DAEMON_MEMORY = 128 * 1024 ** 2;

/** The facts of a pod. `pods` has the services of each pod. */
export async function podFacts(
  name: string,
  members: readonly ExportedService[],
  pods: ReadonlyMap<string, readonly ExportedService[]>,
  set: ServiceSet,
  { name: app, image }: ExportRequest,
): Promise<PodFacts> {
  const own = new Set(members.map((member) => member.name));
  const texts = new Map<string, { readonly path: string; readonly text: string }>();
  const secrets = new Set<string>();
  const waits = new Set<string>();
  for (const member of members) {
    const kept = member.description.dependencies.filter((one) => own.has(one.name) || !set.has(one.name));
    const isCut = kept.length < member.description.dependencies.length;
    addTexts(member, texts, (text) => withoutGroups(isCut ? withoutOthers(text, own, set) : text));
    addSecret(member, secrets);
    waitForOthers(member, own, pods, waits);
    classify(member);
  }
  const entries = Object.fromEntries(Array.from(texts, ([key, { text }]) => [key, text]));
  const ownSet: ServiceSet = new Map(members.map((member) => [member.name, member]));
  return {
    name,
    app,
    image,
    roots: rootsOf(members, own),
    gracePeriod: gracePeriod(ownSet),
    ports: [...new Set(members.flatMap(({ ports }) => ports))],
    data: [...new Set(members.flatMap(({ data }) => data))],
    hasChecks: members.some(({ description }) => hasCheck(description.health)),
    memory: sumOf(members, ({ group }) => group.memoryMax, DAEMON_MEMORY),
    processors: sumOf(members, ({ group }) => group.cpuMax, 0),
    capabilities: capabilitiesOf(members),
    noNewPrivileges: members.every(({ description: { command, flags } }) =>
      command.length === 0 || flags.noNewPrivs
    ),
    items: Array.from(texts, ([key, { path }]) => ({ key, path })),
    texts: entries,
    hash: await hashOf(JSON.stringify(entries)),
    secrets: [...secrets],
    waits: [...waits],
  };
}

/** The services on which no other one of the pod depends. */
function rootsOf(members: readonly ExportedService[], own: ReadonlySet<string>): string[] {
  const needed = new Set(members.flatMap(({ description }) => [
    ...description.dependencies.filter(({ kind }) => !isOrdering(kind)).map((one) => one.name),
    ...description.onFailure,
    description.chainTo,
  ]));
  const roots = members.map((member) => member.name).filter((name) => !needed.has(name));
  return roots.length > 0 ? roots : [...own].slice(0, 1);
}

/** The description with its included files and directories of dependencies. Keys allow letters, digits, `-`, `_`, `.`. */
function addTexts(
  { description, input, files, directories }: ExportedService,
  texts: Map<string, { readonly path: string; readonly text: string }>,
  change: (text: string) => string,
): void {
  const folder = `${description.directory.replace(/\/+$/, "")}/`;
  for (const [path, text] of files) {
    if (!path.startsWith(folder)) {
      input.add("@include", path, 0).decision("the file is outside of the folder: the image must have it");
      continue;
    }
    const place = path.slice(folder.length);
    texts.set(keyOf(place, texts), { path: place, text: change(text) });
  }
  for (const [directory, entries] of directories) {
    if (directory.startsWith("/")) continue;
    for (const entry of entries) {
      const place = `${directory.replace(/\/+$/, "")}/${entry}`;
      texts.set(keyOf(place, texts), { path: place, text: "" });
    }
  }
}

function keyOf(place: string, texts: ReadonlyMap<string, { readonly path: string }>): string {
  const wanted = place.replaceAll(/[^\w.-]/g, ".");
  let key = wanted;
  for (let number = 2; (texts.get(key)?.path ?? place) !== place; number++) key = `${wanted}.${number}`;
  return key;
}

const RELATION_LINE =
  /^[ \t]*(depends-on|depends-ms|waits-for|prepared-by|after|before|chain-to)[ \t]*[=:][ \t]*(\S+)[ \t]*$/gm;

/** Lines that name services of other pods become comments. */
function withoutOthers(text: string, own: ReadonlySet<string>, set: ServiceSet): string {
  return text.replaceAll(
    RELATION_LINE,
    (line, _setting, name: string) =>
      set.has(name) && !own.has(name) ? `# in another pod: ${line.trim()}` : line,
  );
}

const GROUP_LINE =
  /^[ \t]*(?:@meta[ \t]+)?(?:cgroup|run-in-cgroup|(?:memory|swap|cpu|io|pids)-(?:max|high|weight))[ \t]*[=:].*$/gm;

/** Lines on control groups become comments: dinit cannot make groups in a pod without more rights. */
function withoutGroups(text: string): string {
  return text.replaceAll(GROUP_LINE, (line) => `# the pod has the control group: ${line.trim()}`);
}

function addSecret({ environmentFile }: ExportedService, secrets: Set<string>): void {
  if (environmentFile !== "" && !environmentFile.startsWith("/")) secrets.add(environmentFile);
}

/** The pod starts after the ports of hard dependencies in other pods answer. */
function waitForOthers(
  { description, lines }: ExportedService,
  own: ReadonlySet<string>,
  pods: ReadonlyMap<string, readonly ExportedService[]>,
  waits: Set<string>,
): void {
  for (const { kind, name } of description.dependencies) {
    if (own.has(name) || isOrdering(kind)) continue;
    for (const [pod, members] of pods) {
      const other = members.find((member) => member.name === name);
      if (other === undefined) continue;
      const isHard = kind === DependencyKind.REGULAR || kind === DependencyKind.MILESTONE;
      const line = lineNaming(lines, name);
      if (!isHard) {
        line?.none(`${name} is in the pod ${pod}: nothing waits for it`);
      } else if (other.ports.length === 0) {
        line?.none(`${name} is in the pod ${pod} and has no port to wait for: add @meta export-port PORT`);
      } else {
        other.ports.forEach((port) => waits.add(`tcp:${pod}:${port}`));
        line?.changed(
          `an init container waits for the ports of ${pod}; if ${name} stops later, this service goes on`,
        );
      }
    }
  }
}

function lineNaming(lines: ReadonlyMap<string, readonly Directive[]>, name: string): Directive | undefined {
  return [...lines.values()].flat().find(({ name: setting, value }) =>
    value === name && setting !== "before"
  );
}

/** Settings of a machine that a container does not have. */
const NOTES: Readonly<Record<string, readonly ["changed" | "decision" | "none", string]>> = {
  "memory-max": [
    "changed",
    "a limit of the pod, if all services have one",
  ],
  "cpu-max": [
    "changed",
    "a limit of the pod, if all services have one",
  ],
  cgroup: ["none", "the pod has its own control group"],
  "memory-high": ["none", "a pod has no such limit"],
  "swap-max": ["none", "a pod has no such limit"],
  "cpu-weight": ["none", "a pod has no such limit"],
  "io-weight": ["none", "a pod has no such limit"],
  "pids-max": ["none", "a pod has no such limit"],
  "run-in-cgroup": ["none", "the pod has its own control group"],
  "inittab-id": ["none", "a container has no table of logins"],
  "inittab-line": ["none", "a container has no table of logins"],
  logfile: ["decision", "the file is lost with the pod, unless @meta export-data names its folder"],
  "env-file": ["changed", "make a Secret NAME-environment from the file: kubectl create secret generic"],
  "socket-listen": ["changed", "the socket is inside of the pod"],
};

function classify({ lines, environmentFile }: ExportedService): void {
  for (const [setting, directives] of lines) {
    const note = Object.hasOwn(NOTES, setting) ? NOTES[setting] : undefined;
    for (const directive of directives) {
      if (directive.isClassified) continue;
      if (setting === "env-file" && environmentFile.startsWith("/")) {
        directive.decision("the image must have the file, or a Secret must be mounted there");
      } else if (note === undefined) directive.carried("dinit in the container does it");
      else directive[note[0]](note[1]);
    }
  }
}

/** The sum of a limit over all services with a process; `undefined` if one of them has none. */
function sumOf(
  members: readonly ExportedService[],
  limitOf: (description: ServiceDescription) => number | undefined,
  reserve: number,
): number | undefined {
  const limits = members.filter(({ description }) => hasProcess(description.type)).map(({ description }) =>
    limitOf(description)
  );
  if (limits.length === 0 || limits.includes(undefined)) return undefined;
  return limits.reduce<number>((sum, limit) => sum + (limit ?? 0), reserve);
}

function capabilitiesOf(members: readonly ExportedService[]): string[] {
  const found = new Set<string>();
  for (const { description: { runAs, nice, capabilities, oomScoreAdjust } } of members) {
    if (runAs !== undefined && runAs.uid !== 0) USER_CAPABILITIES.forEach((name) => found.add(name));
    if ((nice ?? 0) < 0) found.add("SYS_NICE");
    if ((oomScoreAdjust ?? 0) < 0) found.add("SYS_RESOURCE");
    for (const [, name] of capabilities.matchAll(/(?:^|,)[\^%]*cap_([a-z_]+)/gi)) {
      found.add(name.toUpperCase());
    }
  }
  return [...found];
}

async function hashOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
