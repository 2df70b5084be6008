/**
 * The text of saved state: one line for each step, with a checksum. A step replaces whole documents, so the last value
 * of each document counts. The first line contains every document of its time.
 *
 * ```text
 * {"state":1,"step":7,"sum":"1b873593","changes":[["service",3,{…}],["process",4711]]}
 * ```
 *
 * A change without a value removes its document. `state` is the version of the documents, and only the first line of a
 * complete state has it.
 */

import { type Plain, type SavedParts, SavedStateError, STATE_VERSION } from "../../model/saving.ts";

/** One change in a line: the part, the number, and the new document. */
type Change = readonly [part: string, number: number, document?: Plain];

/** A line begins like this; others in the same file belong to the record of processes. */
const LINE = /^\{(?:"state":(\d+),)?"step":(\d+),"sum":"([0-9a-f]{8})","changes":\[(.*)\]\}$/;
const BEGINNING = /^\{"(?:state|step)":/;

/** The text of a change, for `stepLine`. */
export function changeText(part: string, number: number, document: Plain | undefined): string {
  return document === undefined
    ? `["${part}",${number}]`
    : `["${part}",${number},${JSON.stringify(document)}]`;
}

/** The line of a step with these changes. `complete`: they are all documents that there are. */
export function stepLine(step: number, changes: string, { complete = false } = {}): string {
  const version = complete ? `"state":${STATE_VERSION},` : "";
  return `{${version}"step":${step},"sum":"${sumOf(step, changes)}","changes":[${changes}]}\n`;
}

/** What a text says about the state. */
export interface StateReading {
  /** The documents. */
  readonly parts: SavedParts;
  /** The number of the last step. */
  readonly step: number;
  /** The last line is not whole: the program ended while it wrote the line. Its step does not count. */
  readonly cutOff: boolean;
}

/**
 * Reads the state from a text with other lines in between; `undefined` if the text contains none. Throws
 * `SavedStateError` if the state is of a newer program, or if a line other than the last one is damaged: then the
 * documents do not belong together.
 */
export function readState(text: string): StateReading | undefined {
  const lines = text.split("\n").filter((line) => BEGINNING.test(line));
  if (lines.length === 0) return undefined;
  const parts = new Map<string, Map<number, Plain>>();
  let last: number | undefined;
  for (const [index, line] of lines.entries()) {
    const step = readStep(line);
    if (step === undefined) {
      if (index === lines.length - 1 && last !== undefined) return { parts, step: last, cutOff: true };
      throw new SavedStateError(`line ${index + 1}`, "is damaged");
    }
    if (step.version !== undefined) {
      checkVersion(step.version);
      parts.clear();
    } else if (last === undefined || step.number !== last + 1) {
      throw new SavedStateError(`line ${index + 1}`, "does not follow the line before it");
    }
    for (const change of step.changes) apply(parts, change);
    last = step.number;
  }
  return last === undefined ? undefined : { parts, step: last, cutOff: false };
}

function checkVersion(version: number): void {
  if (version > STATE_VERSION) {
    throw new SavedStateError(
      "version",
      `format ${version} is of a newer program; this program has format ${STATE_VERSION}`,
    );
  }
  if (version < STATE_VERSION) throw new SavedStateError("version", `format ${version} is not known`);
}

interface Step {
  readonly version: number | undefined;
  readonly number: number;
  readonly changes: readonly Change[];
}

/** `undefined`: the line is damaged. */
function readStep(line: string): Step | undefined {
  const [, version, number, sum, changes] = LINE.exec(line) ?? [];
  if (changes === undefined || sumOf(Number(number), changes) !== sum) return undefined;
  return {
    version: version === undefined ? undefined : Number(version),
    number: Number(number),
    changes: JSON.parse(`[${changes}]`), // the checksum proves that this program wrote it
  };
}

function apply(parts: Map<string, Map<number, Plain>>, [part, number, document]: Change): void {
  const documents = parts.get(part) ?? new Map<number, Plain>();
  parts.set(part, documents);
  if (document === undefined) documents.delete(number);
  else documents.set(number, document);
}

/** FNV-1a with 32 bits: a change of any single character changes it. */
function sumOf(step: number, changes: string): string {
  let sum = 0x811c9dc5 ^ step;
  for (let index = 0; index < changes.length; index++) {
    sum = Math.imul(sum ^ changes.charCodeAt(index), 0x01000193);
  }
  return (sum >>> 0).toString(16).padStart(8, "0");
}
