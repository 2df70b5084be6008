/** What becomes of the lines of a description that name services of other pods. */

import { DependencyKind, isOrdering } from "../../../model/mod.ts";
import type { Directive } from "../../shared/account.ts";
import type { ExportedService, ServiceSet } from "../service_set.ts";
import type { Pod } from "./pods.ts";

/** Whether a service of the export is in another pod. A service that is not exported is in none. */
function isElsewhere(name: string, own: ReadonlySet<string>, set: ServiceSet): boolean {
  return set.has(name) && !own.has(name);
}

const RELATION_LINE =
  /^[ \t]*(?:@meta[ \t]+)?(?:depends-on|depends-ms|waits-for|prepared-by|after|before|chain-to|on-failure|consumer-of)[ \t]*(?:[=:]|\+=)[ \t]*(\S+)[ \t]*(?:#.*)?$/gm;

/** The text in which lines that name services of other pods are comments. */
export function withoutOthers(text: string, own: ReadonlySet<string>, set: ServiceSet): string {
  return text.replaceAll(
    RELATION_LINE,
    (line, word: string) =>
      isElsewhere(word.replaceAll(/["\\]/g, ""), own, set) ? `# in another pod: ${line.trim()}` : line,
  );
}

/** The entries of a directory of dependencies that are in this pod. */
export function ownEntries(
  entries: readonly string[],
  own: ReadonlySet<string>,
  set: ServiceSet,
): string[] {
  return entries.filter((entry) => !isElsewhere(entry, own, set));
}

/** Whether a service starts although this dependency has failed. */
function isSoft(kind: DependencyKind): boolean {
  return kind === DependencyKind.WAITS_FOR || kind === DependencyKind.SOFT;
}

/** The ports of a dependency in another pod that an init container waits for. */
export function awaitedPorts(kind: DependencyKind, name: string, pod: Pod): readonly number[] {
  if (isSoft(kind) || pod.job !== undefined) return [];
  return pod.members.find((member) => member.name === name)?.ports ?? [];
}

/** Enters what the pod waits for into `waits`: the ports of its hard dependencies in other pods. */
export function waitForOthers(
  service: ExportedService,
  own: ReadonlySet<string>,
  pods: readonly Pod[],
  waits: Set<string>,
): void {
  const { dependencies, chainTo, onFailure } = service.description;
  const owner = (name: string) =>
    own.has(name) ? undefined : pods.find(({ members }) => members.some((member) => member.name === name));
  for (const { kind, name } of dependencies) {
    const pod = owner(name);
    if (pod === undefined || isOrdering(kind)) continue;
    const ports = awaitedPorts(kind, name, pod);
    ports.forEach((port) => waits.add(`tcp:${pod.name}:${port}`));
    const line = lineNaming(service, name);
    if (line !== undefined) noteWait(line, kind, name, pod, ports.length > 0);
  }
  for (const name of [chainTo, ...onFailure]) {
    const pod = owner(name);
    if (pod !== undefined) {
      lineNaming(service, name)?.none(`${name} is in the pod ${pod.name}: nothing starts it there`);
    }
  }
}

function noteWait(line: Directive, kind: DependencyKind, name: string, pod: Pod, isAwaited: boolean): void {
  if (pod.job !== undefined) {
    line.changed(`the CronJob ${pod.name} runs ${name}`);
  } else if (isSoft(kind)) {
    line.none(`${name} is in the pod ${pod.name}: nothing waits for it`);
  } else if (!isAwaited) {
    line.none(`${name} is in the pod ${pod.name} and has no port to wait for: add @meta export-port PORT`);
  } else {
    line.changed(
      `an init container waits for the ports of ${pod.name}; if ${name} stops later, this service goes on`,
    );
  }
}

/** The line that names the other service, or the directory that does. */
function lineNaming({ lines, directories }: ExportedService, name: string): Directive | undefined {
  for (const [setting, directives] of lines) {
    if (setting === "before") continue;
    const isDirectory = setting.endsWith(".d");
    const found = directives.find(({ value }) =>
      isDirectory ? directories.get(value)?.includes(name) === true : value === name
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
