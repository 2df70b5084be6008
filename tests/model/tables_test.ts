import { assertEquals } from "@std/assert";
import {
  Errno,
  errnoName,
  errnoNumber,
  Signal,
  signalNameOf,
  signalNumber,
  signalNumberOf,
  SIGNALS,
} from "../../src/model/mod.ts";

const SOURCES = new URL("../../src/", import.meta.url);

/** The texts of all source files, by their path in `src/`. */
function* sources(folder = ""): Generator<[path: string, text: string]> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, SOURCES))) {
    if (isDirectory) yield* sources(`${folder}${name}/`);
    else if (name.endsWith(".ts")) {
      yield [folder + name, Deno.readTextFileSync(new URL(folder + name, SOURCES))];
    }
  }
}

/** A number under a name in capitals: a constant, a field, or the second column of a row. */
const NUMBER = /(?:\[\s*"([A-Z][A-Z0-9]+)",|\b([A-Z][A-Z0-9]+)"?\s*[:=])\s*(\d+)n?\b/g;

function isKnown(name: string, number: number): boolean {
  if (Object.hasOwn(Errno, name)) return true;
  const short = name.replace(/^SIG/, "");
  return Object.hasOwn(Signal, short) &&
    Number(Object.entries(Signal).find(([one]) => one === short)?.[1]) === number;
}

Deno.test("the numbers of errors and signals stand in one table each", () => {
  const found: string[] = [];
  for (const [path, text] of sources()) {
    if (path === "model/errno.ts" || path === "model/signals.ts") continue;
    for (const [match, inRow, alone, number] of text.matchAll(NUMBER)) {
      if (isKnown(inRow ?? alone, Number(number))) found.push(`${path}: ${match}`);
    }
  }
  assertEquals(found, []);
});

Deno.test("names and numbers of errors lead to each other", () => {
  for (const [name, number] of Object.entries(Errno)) {
    assertEquals([errnoName(number), errnoNumber(name)], [name, number]);
  }
  assertEquals([Errno.ENOENT, Errno.ETIMEDOUT, Errno.EHWPOISON], [2, 110, 133]);
});

Deno.test("names and numbers of signals lead to each other, and descriptions may name some of them", () => {
  for (const [name, number] of Object.entries(Signal)) {
    assertEquals([signalNameOf(number), signalNumberOf(`SIG${name}`)] as unknown[], [`SIG${name}`, number]);
    const named = SIGNALS.some(([one]) => one === name);
    assertEquals(signalNumber(name), named ? number : undefined);
  }
  assertEquals(Object.values(Signal), Array.from({ length: 31 }, (_, index) => index + 1));
  for (const name of ["TERM", "SIG", "SIGterm", "SIGtoString", ""]) {
    assertEquals(signalNumberOf(name), 0, name);
  }
  for (const number of [0, 32, 64, -1]) assertEquals(signalNameOf(number), undefined);
});
