/** The units that a unit needs, follows, or belongs to. */

import type { Directive } from "../../shared/account.ts";
import type { DescriptionText, Relation } from "../description_text.ts";
import { substituted, textOf } from "../words.ts";
import type { References } from "./references.ts";
import type { Unit } from "./unit.ts";

/** The relation that each directive becomes, and what differs. */
const RELATIONS: Readonly<Record<string, readonly [relation: Relation, note: string]>> = {
  Requires: ["depends-on", ""],
  BindsTo: ["depends-on", ""],
  Requisite: ["depends-on", "it also starts the other service"],
  PartOf: ["depends-on", "it also starts the other service"],
  Wants: ["waits-for", ""],
  Upholds: ["waits-for", "the other service is started once"],
  After: ["after", ""],
  Before: ["before", ""],
  OnFailure: ["on-failure", ""],
};

/** The parts of systemd that start before everything, or whose work dinit does without. */
const BUILT_IN =
  /^(systemd-.*|basic|sysinit|shutdown|umount|reboot|final|paths|timers|sockets|slices|init|-|system|user|emergency|rescue|local-fs-pre|initrd.*)\.(service|target|slice|mount|socket)$/;

/** Turns the relations of a unit into lines of its description. */
export function importRelations(unit: Unit, text: DescriptionText, references: References): void {
  for (const [name, [relation, note]] of Object.entries(RELATIONS)) {
    for (const directive of unit.all("Unit", name)) {
      for (const word of wordsOf(directive)) relate(unit, text, references, directive, word, relation, note);
    }
  }
  for (const directive of unit.all("Unit", "RequiresMountsFor")) {
    text.relate("after", "localfs", directive);
    directive.changed("after = localfs, the service that mounts file systems");
  }
  for (const directive of unit.all("Unit", "Conflicts")) importConflicts(directive);
  importInstallation(unit, text, references);
}

function wordsOf({ value }: Directive): string[] {
  return value.split(/\s+/).filter((word) => word !== "");
}

function relate(
  unit: Unit,
  text: DescriptionText,
  references: References,
  directive: Directive,
  word: string,
  relation: Relation,
  note: string,
): void {
  if (references.imported(word) === undefined && BUILT_IN.test(word)) {
    return directive.carried(`no service is needed for ${word}`);
  }
  const reference = references.find(word, unit);
  if (reference === undefined) return text.decide(directive, `'${word}' is no name of a unit`);
  if (textOf(reference.name) === text.name) return directive.carried(`${word} is a part of this service`);
  if (relation === "waits-for" && word.endsWith(".target") && references.imported(word) === undefined) {
    text.relate("after", reference.name, directive);
    return directive.changed(`after = ${substituted(reference.name)}, which starts nothing`);
  }
  text.relate(relation, reference.name, directive);
  const notes = [note, reference.note].filter((one) => one !== "");
  if (notes.length === 0) directive.carried();
  else directive.changed(`${relation} = ${substituted(reference.name)}: ${notes.join("; ")}`);
}

function importConflicts(directive: Directive): void {
  const others = wordsOf(directive).filter((word) => !BUILT_IN.test(word));
  if (others.length === 0) directive.carried("dinit stops all services when it ends");
  else {directive.none(
      `two services can run at the same time here: stop ${others.join(", ")} before you start this one`,
    );}
}

/** Where the service is enabled. */
function importInstallation(unit: Unit, text: DescriptionText, references: References): void {
  for (const name of ["WantedBy", "RequiredBy", "UpheldBy"]) {
    for (const directive of unit.all("Install", name)) {
      for (const word of wordsOf(directive)) {
        const reference = references.find(word, unit);
        const service = reference && textOf(reference.name);
        if (service === undefined) {
          text.decide(directive, `name the service that is to start this one: '${word}'`);
        } else enable(directive, text, service);
      }
    }
  }
  for (const directive of unit.all("Install", "Alias")) {
    directive.changed("imported units that use this name mean this service");
  }
  for (const directive of unit.all("Install", "Also")) {
    directive.changed(`enable ${directive.value} too, if it is a separate service here`);
  }
  unit.last("Install", "DefaultInstance")?.changed(`enable ${text.name}@ARGUMENT with this argument`);
}

function enable(directive: Directive, text: DescriptionText, service: string): void {
  const isUsual = service === "boot" || service === "sockets" || service === "timers";
  if (!isUsual && /^[\w.-]+$/.test(service)) text.enableVia(service);
  directive.changed(`dinitctl enable ${text.name} makes ${isUsual ? "boot" : service} start it`);
}
