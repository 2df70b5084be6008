/**
 * The start of one daemon as a document that is kept in a file: what an analysis needs to explain it later. Names are
 * written once and times as distances, so that a start of 1,000 services takes about 100 KB. Only programs that keep or
 * show earlier starts load this, so it is not part of `mod.ts`.
 */

import type { Plain } from "./plain.ts";
import { listOf, number, object, oneOf, optional, SavedStateError, type Schema, text } from "./schema.ts";
import { DependencyKind } from "./states.ts";
import type { ServiceTimes } from "./status.ts";

/** How many starts before the last one are kept. */
export const EARLIER_STARTS = 20;

/** A start. Times are in milliseconds since 1970. */
export interface KeptStart {
  /** When the daemon began. */
  readonly began: number;
  /** When this was written: the end of what had not ended. */
  readonly written: number;
  /** Milliseconds from the start of the kernel to that of the daemon. @default undefined, it was not the init of a machine */
  readonly kernel: number | undefined;
  readonly times: readonly ServiceTimes[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: DependencyKind }[];
  readonly phases: readonly { readonly service: string; readonly to: string; readonly at: number }[];
  /** The services with a health check. */
  readonly checked: readonly string[];
}

/** The fields of `ServiceTimes` that are times, in the order of a row. */
const STEPS = ["asked", "unblocked", "launched", "ready", "stopAsked", "ended"] as const;

/** The form of the file. A program that needs another form gives it another number. */
const FORM = 1;

/** The document of a start. */
export function packedStart({ began, written, kernel, times, edges, phases, checked }: KeptStart): Plain {
  const names: string[] = [];
  const places = new Map<string, number>();
  const place = (name: string) => {
    const known = places.get(name);
    if (known !== undefined) return known;
    names.push(name);
    places.set(name, names.length - 1);
    return names.length - 1;
  };
  const distance = (time: number) => Math.round((time - began) * 1000) / 1000;
  const step = (time: number | undefined) => time === undefined ? null : distance(time);
  return {
    form: FORM,
    began,
    written,
    ...(kernel === undefined ? {} : { kernel }),
    // The names grow while the other lists are made, and are written in front of them.
    names,
    times: times.map((one) => [
      place(one.name),
      one.decidedBy === undefined ? null : place(one.decidedBy),
      ...STEPS.map((name) => step(one[name])),
    ]),
    edges: edges.map(({ from, to, kind }) => [place(from), place(to), kind]),
    phases: phases.map(({ service, to, at }) => [place(service), place(to), distance(at)]),
    checked: checked.map(place),
  };
}

const orNothing: Schema<number | undefined> = (saved, path) =>
  saved === null ? undefined : number(saved, path);

const kindOfEdge = oneOf(Object.values(DependencyKind));

const form = object<
  {
    form: number;
    began: number;
    written: number;
    kernel: number | undefined;
    names: string[];
    times: (number | undefined)[][];
    edges: number[][];
    phases: number[][];
    checked: number[];
  }
>({
  form: number,
  began: number,
  written: number,
  kernel: optional(number),
  names: listOf(text),
  times: listOf(listOf(orNothing)),
  edges: listOf(listOf(number)),
  phases: listOf(listOf(number)),
  checked: listOf(number),
});

/** The start of a document. Throws `SavedStateError` for anything else. */
export function unpackedStart(document: unknown): KeptStart {
  const saved = form(document, "start");
  if (saved.form !== FORM) {
    throw new SavedStateError("start.form", `is ${saved.form}, which a newer program wrote`);
  }
  const { began, names } = saved;
  const name = (place: number | undefined, path: string) =>
    text(place === undefined ? place : names[place], path);
  const time = (distance: number | undefined) => distance === undefined ? undefined : began + distance;
  return {
    began,
    written: saved.written,
    kernel: saved.kernel,
    times: saved.times.map(([service, decidedBy, ...steps], row) => {
      const [asked, unblocked, launched, ready, stopAsked, ended] = steps.map(time);
      return {
        name: name(service, `start.times[${row}]`),
        decidedBy: decidedBy === undefined ? undefined : name(decidedBy, `start.times[${row}]`),
        asked: number(asked, `start.times[${row}]`),
        unblocked,
        launched,
        ready,
        stopAsked,
        ended,
      };
    }),
    edges: saved.edges.map(([from, to, kind], row) => {
      const path = `start.edges[${row}]`;
      return { from: name(from, path), to: name(to, path), kind: kindOfEdge(kind, path) };
    }),
    phases: saved.phases.map(([service, to, at], row) => {
      const path = `start.phases[${row}]`;
      return { service: name(service, path), to: name(to, path), at: began + number(at, path) };
    }),
    checked: saved.checked.map((place, row) => name(place, `start.checked[${row}]`)),
  };
}
