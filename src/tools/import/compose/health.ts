/** `healthcheck` as the check of a description. */

import type { DescriptionText } from "../description_text.ts";
import { plainWords } from "../words.ts";
import { durationOf, type Fields, textsOf } from "./fields.ts";

/** What docker does without the fields. */
const TIMES = [
  ["interval", "health-interval", "30s"],
  ["timeout", "health-timeout", "30s"],
  ["start_period", "health-start-period", "0s"],
  ["start_interval", "health-start-interval", "5s"],
] as const;

/** The shortest time between two checks, in milliseconds. */
const SHORTEST = 50;

/** A check and its times. */
export function importHealth(
  fields: Fields,
  text: DescriptionText,
  { isScript, container }: { readonly isScript: boolean; readonly container: string | undefined },
): void {
  const disable = fields.directive("healthcheck.disable");
  const test = fields.directive("healthcheck.test");
  const command = testCommand(fields);
  const isOff = disable?.value === "true" || command === "none";
  disable?.carried();
  if (isOff || isScript || command === undefined) {
    for (const [, , directive] of fields.below("healthcheck.")) {
      if (isOff) directive.carried("there is no check");
      else if (isScript) directive.changed("a service that ends is up when it has ended");
      else if (test === undefined) text.decide(directive, "the image has the check: write a health-command");
      else text.decide(directive, "the test is no command");
    }
    return;
  }
  const prefix = container === undefined ? [] : ["podman", "exec", container];
  text.set("ready-notification", "health");
  text.set("health-command", plainWords(...prefix, ...command));
  text.set("health-action", "none");
  test?.carried();
  importTimes(fields, text);
}

function importTimes(fields: Fields, text: DescriptionText): void {
  for (const [name, setting, usual] of TIMES) {
    const directive = fields.directive(`healthcheck.${name}`);
    const seconds = durationOf(directive?.value ?? usual);
    if (seconds === undefined) {
      if (directive !== undefined) text.decide(directive, "it is no duration");
      continue;
    }
    const least = name === "start_period" ? 0 : SHORTEST;
    text.set(setting, `${Math.max(Math.round(seconds * 1000), least)}ms`);
    if (seconds * 1000 >= least) directive?.carried();
    else directive?.changed(`${SHORTEST} ms, which is the shortest time here`);
  }
  const retries = fields.directive("healthcheck.retries");
  const count = Number(retries?.value ?? 3);
  if (Number.isInteger(count) && count >= 1 && count <= 100) {
    text.set("health-failures", String(count));
    retries?.carried();
  } else if (retries !== undefined) text.decide(retries, "it is no number that health-failures takes");
}

/** The words of the test; `none` if it is switched off, `undefined` if there is none. */
function testCommand(fields: Fields): string[] | "none" | undefined {
  const tree = fields.tree("healthcheck.test");
  if (tree === undefined) return undefined;
  if (tree.kind === "text") return ["/bin/sh", "-c", tree.text];
  const [kind, ...words] = textsOf(tree) ?? [];
  if (kind === "NONE") return "none";
  if (kind === "CMD" && words.length > 0) return words;
  return kind === "CMD-SHELL" && words.length === 1 ? ["/bin/sh", "-c", words[0]] : undefined;
}
