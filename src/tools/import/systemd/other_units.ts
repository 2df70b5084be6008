/** Targets, and the kinds of units that have no counterpart. */

import { shellWord } from "../words.ts";
import type { DescriptionText } from "../description_text.ts";
import type { Unit, UnitKind } from "./unit.ts";
import { expand } from "./specifiers.ts";

/** What to do instead of each kind. */
const INSTEAD: Readonly<Partial<Record<UnitKind, string>>> = {
  path: "nothing here watches files: a service can run inotifywait and call dinitctl start",
  mount: "write a scripted service with the commands mount and umount, or a line in /etc/fstab",
  automount: "let a service mount the file system before it is needed",
  swap: "write a scripted service with the commands swapon and swapoff, or a line in /etc/fstab",
  slice: "make a control group, and name it with run-in-cgroup",
  scope: "systemd makes scopes at run time; nothing here is needed",
  device: "udev can call dinitctl start or trigger when a device appears",
};

/** A target becomes a service without a process. */
export function importTarget(text: DescriptionText): void {
  text.set("type", "internal");
}

/** Says what to do instead of a unit that becomes no description. */
export function explainUnit(unit: Unit): void {
  const note = INSTEAD[unit.name.kind] ?? "";
  const command = mountCommand(unit);
  for (const directive of unit.rest()) {
    if (/^(Description|Documentation)$/.test(directive.name)) directive.carried("a comment");
    else directive.decision(command === undefined ? note : `${note}; the command: ${command}`);
  }
}

function mountCommand(unit: Unit): string | undefined {
  if (unit.name.kind !== "mount") return undefined;
  const value = (name: string) => {
    const text = unit.named("Mount", name)?.value;
    const word = text === undefined ? undefined : expand(text, unit);
    return word !== undefined && "word" in word ? shellWord(word.word) : undefined;
  };
  const [what, where, type, options] = ["What", "Where", "Type", "Options"].map(value);
  if (what === undefined || where === undefined) return undefined;
  return ["mount", ...(type ? ["-t", type] : []), ...(options ? ["-o", options] : []), what, where].join(" ");
}
