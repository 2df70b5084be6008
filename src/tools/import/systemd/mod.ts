/** The import of systemd's units: services, sockets, timers and targets become descriptions. */

import { InputError } from "../input_files.ts";
import type { DescriptionText } from "../description_text.ts";
import { ImportResult } from "../result.ts";
import { explain } from "./explained.ts";
import { loadUnits } from "./load_units.ts";
import { explainUnit, importTarget } from "./other_units.ts";
import { References } from "./references.ts";
import { importRelations } from "./relations_of_unit.ts";
import { importService } from "./service.ts";
import { importSocket, unitOfSocket } from "./socket.ts";
import { hasTimes, importTimer, unitOfTimer } from "./timer.ts";
import type { Unit } from "./unit.ts";

/** Reads units. Throws `InputError`. */
export function importSystemd(paths: readonly string[]): ImportResult {
  const units = loadUnits(paths);
  if (units.length === 0) throw new InputError("Cannot import: there is no unit");
  const result = new ImportResult();
  const references = new References();
  const texts = describeUnits(units, result, references);
  for (const unit of units) result.inputs.push(...unit.inputs);
  for (const [unit, text] of texts) {
    if (unit.name.kind === "service") {
      const { full } = unit.name;
      const sockets = units.filter((one) => one.name.kind === "socket" && unitOfSocket(one) === full);
      const timers = units.filter((one) => one.name.kind === "timer" && unitOfTimer(one) === full);
      importService(unit, text, result, references, { sockets, isScheduled: timers.some(hasTimes) });
    }
    if (unit.name.kind === "target") {
      importTarget(text);
      importRelations(unit, text, references);
    }
  }
  const owners = new Map([...texts].map(([unit, text]) => [unit.name.full, text]));
  for (const unit of units) {
    if (unit.name.kind === "timer") {
      importPart(unit, owners.get(unitOfTimer(unit)), importTimer, result, references);
    } else if (unit.name.kind === "socket") {
      importPart(unit, owners.get(unitOfSocket(unit)), importSocket, result, references);
    }
    explain(unit.rest());
    if (!texts.has(unit) && unit.name.kind !== "timer" && unit.name.kind !== "socket") explainUnit(unit);
  }
  return result;
}

/** The descriptions of services and targets, with their names. Services get theirs first. */
function describeUnits(
  units: readonly Unit[],
  result: ImportResult,
  references: References,
): Map<Unit, DescriptionText> {
  const texts = new Map<Unit, DescriptionText>();
  for (const kind of ["service", "target"]) {
    for (const unit of units.filter(({ name }) => name.kind === kind)) {
      const { stem, prefix, full } = unit.name;
      const wanted = unit.isTemplate ? prefix : stem;
      const text = result.describe(wanted, ...unit.inputs);
      if (text.name !== wanted) {
        const named = unit.inputs[0].add("(name of the unit)", full, 0);
        named.changed(`the service is ${text.name}, since ${wanted} is no free name of a service`);
      }
      references.set(full, text.name);
      for (const alias of unit.values("Install", "Alias")) references.set(alias, text.name);
      texts.set(unit, text);
    }
  }
  for (const unit of units) {
    const owner = unit.name.kind === "timer"
      ? unitOfTimer(unit)
      : unit.name.kind === "socket"
      ? unitOfSocket(unit)
      : "";
    const service = references.imported(owner);
    if (service !== undefined) references.set(unit.name.full, service);
  }
  return texts;
}

/** A timer or a socket is a part of the description of a service. */
function importPart(
  unit: Unit,
  text: DescriptionText | undefined,
  importUnit: (unit: Unit, text: DescriptionText | undefined) => void,
  result: ImportResult,
  references: References,
): void {
  if (text !== undefined) {
    unit.inputs.forEach((input) => result.alsoFrom(text, input));
    importRelations(unit, text, references);
  }
  importUnit(unit, text);
  if (text !== undefined) return;
  for (const directive of unit.rest().filter(({ section }) => section === "Install")) {
    directive.decision("import the service together with this unit");
  }
}
