/** What one pod holds, derived from its services. */

import {
  encodeBytes,
  hasCheck,
  hasProcess,
  isOrdering,
  type ServiceDescription,
} from "../../../model/mod.ts";
import type { ExportRequest } from "../request.ts";
import { type ExportedService, ExportError, type ServiceSet } from "../service_set.ts";
import { ONCE, runningOnce } from "./cron_job.ts";
import { gracePeriod } from "./grace_period.ts";
import type { PodFacts } from "./manifests.ts";
import { ownEntries, waitForOthers, withoutOthers } from "./other_pods.ts";
import type { Pod } from "./pods.ts";

/** What dinit needs to run services as other users. */
const USER_CAPABILITIES = ["SETUID", "SETGID", "KILL", "CHOWN"];

/** What the daemon itself needs beside its services, in bytes. */
const DAEMON_MEMORY = 128 * 1024 ** 2;

/** What the key of a file may have, less a number, in characters. */
const LONGEST_KEY = 240;
/** What a ConfigMap may have, less its other fields, in bytes. */
const MOST_BYTES = 1024 ** 2 - 16_384;

/** The facts of a pod, and the account of what is in it. `pods` has all pods. */
export async function podFacts(
  { name, members, job }: Pod,
  pods: readonly Pod[],
  set: ServiceSet,
  { name: app, image }: ExportRequest,
): Promise<PodFacts> {
  const own = new Set(members.map((member) => member.name));
  const texts = new Map<string, { readonly path: string; readonly text: string }>();
  const secrets = new Map<string, { readonly path: string }>();
  const waits = new Set<string>();
  for (const member of members) {
    const isJob = member === job?.service;
    addTexts(member, texts, {
      change: (text) => withoutGroups(withoutOthers(isJob ? runningOnce(text) : text, own, set)),
      end: isJob ? ONCE : "",
      entries: (entries) => ownEntries(entries, own, set),
    });
    addSecret(member, secrets);
    waitForOthers(member, own, pods, waits);
    classify(member);
  }
  const entries = Object.fromEntries(Array.from(texts, ([key, { text }]) => [key, text]));
  const size = encodeBytes(Object.entries(entries).flat().join("")).length;
  if (size > MOST_BYTES) {
    throw new ExportError(
      `Cannot export the pod ${name}: its descriptions have ${size} bytes, and a ConfigMap takes ${MOST_BYTES}; ` +
        "see --split",
    );
  }
  const ownSet: ServiceSet = new Map(members.map((member) => [member.name, member]));
  return {
    name,
    app,
    image,
    roots: job === undefined ? rootsOf(members, own) : [job.service.name],
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
    secrets: Array.from(secrets, ([key, { path }]) => ({ key, path })),
    waits: [...waits],
    job: job && { names: job.names, plan: job.plan },
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

/** How the files of a description change on their way. */
interface Changes {
  change(text: string): string;
  /** What follows the description itself. */
  readonly end: string;
  /** The entries of a directory that stay. */
  entries(entries: readonly string[]): readonly string[];
}

/** The description with its included files and directories of dependencies. Keys allow letters, digits, `-`, `_`, `.`. */
function addTexts(
  { description, input, files, directories }: ExportedService,
  texts: Map<string, { readonly path: string; readonly text: string }>,
  { change, end, entries }: Changes,
): void {
  const folder = `${description.directory.replace(/\/+$/, "")}/`;
  const [main] = files.keys();
  for (const [path, text] of files) {
    if (!path.startsWith(folder) || isOutside(path.slice(folder.length))) {
      input.add("@include", path, 0).decision("the file is outside of the folder: the image must have it");
      continue;
    }
    const place = path.slice(folder.length);
    texts.set(keyOf(place, texts), { path: place, text: change(text) + (path === main ? end : "") });
  }
  for (const [directory, names] of directories) {
    if (isOutside(directory)) continue;
    for (const entry of entries(names)) {
      const place = `${directory.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "")}/${entry}`;
      texts.set(keyOf(place, texts), { path: place, text: "" });
    }
  }
}

function keyOf(place: string, texts: ReadonlyMap<string, { readonly path: string }>): string {
  const wanted = place.replaceAll(/[^\w.-]/g, ".").replace(/^\.\.+/, ".").slice(0, LONGEST_KEY);
  let key = wanted;
  for (let number = 2; (texts.get(key)?.path ?? place) !== place; number++) key = `${wanted}.${number}`;
  return key;
}

const GROUP_LINE =
  /^[ \t]*(?:@meta[ \t]+)?(?:cgroup|run-in-cgroup|(?:memory|swap|cpu|io|pids)-(?:max|high|weight))[ \t]*[=:].*$/gm;

/** Lines on control groups become comments: dinit cannot make groups in a pod without more rights. */
function withoutGroups(text: string): string {
  return text.replaceAll(GROUP_LINE, (line) => `# the pod has the control group: ${line.trim()}`);
}

/** Enters the file of variables. One outside of the folder cannot be beside the descriptions. */
function addSecret(
  { environmentFile }: ExportedService,
  secrets: Map<string, { readonly path: string }>,
): void {
  if (environmentFile === "" || isOutside(environmentFile)) return;
  const path = environmentFile.replace(/^(?:\.\/+)+/, "");
  secrets.set(keyOf(path, secrets), { path });
}

/** Whether a path, as a description has it, leaves the folder of descriptions. */
function isOutside(path: string): boolean {
  return path.startsWith("/") || path.split("/").includes("..");
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
      if (setting === "env-file" && isOutside(environmentFile)) {
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
