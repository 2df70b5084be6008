/** The limits of control groups: memory, processors and processes of a whole service. */

import type { Directive } from "../../shared/account.ts";
import type { ServiceContext } from "./service_context.ts";
import { parseBytes } from "./values.ts";

/** The directives, older names last, with their settings. `Infinity` means no limit, `undefined` another form. */
const ROWS: readonly (readonly [
  names: readonly string[],
  setting: string,
  read: (text: string) => number | undefined,
])[] = [
  [["MemoryMax", "MemoryLimit"], "memory-max", parseBytes],
  [["MemoryHigh"], "memory-high", parseBytes],
  [["MemorySwapMax"], "swap-max", parseBytes],
  [["CPUQuota"], "cpu-max", percentage],
  [["CPUWeight"], "cpu-weight", count],
  [["IOWeight"], "io-weight", count],
  [["TasksMax"], "pids-max", count],
];

/** Turns the limits into settings. */
export function importGroupLimits(context: ServiceContext): void {
  for (const [names, setting, read] of ROWS) {
    for (const name of names) {
      const directive = context.unit.last("Service", name);
      if (directive !== undefined) importLimit(context, directive, setting, read(directive.value));
    }
  }
}

function importLimit(
  { text }: ServiceContext,
  directive: Directive,
  setting: string,
  value: number | undefined,
): void {
  if (value === undefined || (value === 0 && setting !== "swap-max")) {
    return text.decide(directive, `${setting} takes a number, and no part of what the machine has`);
  }
  if (value !== Infinity && !text.has(setting)) text.set(setting, String(value));
  if (value === Infinity) directive.carried("no limit");
  else directive.changed(setting);
}

/** Percents of one processor. */
function percentage(text: string): number | undefined {
  const match = /^([0-9]{1,7})(?:\.([0-9]+))?%$/.exec(text);
  return match === null ? undefined : Math.max(Number(`${match[1]}.${match[2] ?? "0"}`) / 100, 0.01);
}

function count(text: string): number | undefined {
  if (text === "infinity") return Infinity;
  return /^[0-9]{1,7}$/.test(text) ? Number(text) : undefined;
}
