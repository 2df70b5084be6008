/** Dependencies, ordering and log consumers (service description 3.3 and 4). */

import { baseName, DependencyKind, isValidServiceName } from "../../model/mod.ts";
import { Mistake } from "../text/mistake.ts";
import { need } from "./host_features.ts";
import { PATH_BASES, PROCESSES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

function named(name: string, dependency: DependencyKind, summary: string): Setting {
  return settingRow({
    name,
    syntax: "SERVICE",
    substitution: "pre",
    repeats: "additive",
    dependency,
    summary,
    change: "live",
    apply: (target, { text }) => target.depend(dependency, text),
  });
}

function directory(name: string, kind: DependencyKind, summary: string): Setting {
  return settingRow({
    name,
    syntax: "DIRECTORY",
    substitution: "pre",
    repeats: "additive",
    base: PATH_BASES.named,
    summary,
    change: "live",
    apply: (target, { text }) => target.dependOnEntries(kind, text),
  });
}

function ordering(name: "before" | "after", dependency: DependencyKind, summary: string): Setting {
  return settingRow({
    name,
    syntax: "SERVICE",
    substitution: "pre",
    repeats: "additive",
    dependency,
    summary,
    change: "live",
    apply({ draft }, { text }) {
      checkName(text);
      draft[name].push({ kind: dependency, name: text });
    },
  });
}

function checkName(name: string): void {
  if (!isValidServiceName(name)) throw new Mistake(`invalid service name '${name}'`, { code: "bad-name" });
}

/** The settings of 3.3. */
export const DEPENDENCY_SETTINGS: readonly Setting[] = [
  named("depends-on", DependencyKind.REGULAR, "a service that must be up as long as this one"),
  named("depends-ms", DependencyKind.MILESTONE, "a service that must have started before this one"),
  named("waits-for", DependencyKind.WAITS_FOR, "a service to start first, whether it succeeds or not"),
  named("prepared-by", DependencyKind.PREPARED_BY, "as depends-on, and restarted together with this one"),
  directory(
    "depends-on.d",
    DependencyKind.REGULAR,
    "a directory whose entries name services as depends-on does",
  ),
  directory(
    "depends-ms.d",
    DependencyKind.MILESTONE,
    "a directory whose entries name services as depends-ms does",
  ),
  directory(
    "waits-for.d",
    DependencyKind.WAITS_FOR,
    "a directory whose entries name services as waits-for does",
  ),
  ordering("before", DependencyKind.BEFORE, "a service that starts after this one if both start"),
  ordering("after", DependencyKind.AFTER, "a service that starts before this one if both start"),
  settingRow({
    name: "consumer-of",
    syntax: "SERVICE",
    substitution: "pre",
    types: PROCESSES,
    summary: "the service whose output this one reads",
    change: "never",
    needs: [need("pipe", ({ consumerOf }) => consumerOf !== "")],
    apply({ draft: { description } }, { text }) {
      checkName(text);
      if (text === description.name || text === baseName(description.name)) {
        throw new Mistake("service cannot be its own consumer", { code: "own-consumer" });
      }
      description.consumerOf = text;
    },
    show: ({ consumerOf }) => consumerOf || undefined,
  }),
];
