/** The instructions that run before the binary, in a program that consists only of them and a few more. */

import { assertEquals, assertThrows } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { argumentGuard, type Processor } from "../../scripts/compile/argument_guard.ts";
import { guardArguments, UnknownBinaryError } from "../../scripts/compile/guarded_binary.ts";

const MACHINES: Readonly<Record<Processor, number>> = { x86_64: 62, aarch64: 183 };
const PROCESSORS = Object.keys(MACHINES) as Processor[];

/**
 * A program that exits with a number in which each argument is one bit, the last one the lowest: whether it is empty.
 * `r = 0; for each pointer after the count { r = 2r; if its first byte is 0, r++ }; exit(r)`
 */
const TELL_EMPTY: Readonly<Record<Processor, string>> = {
  x86_64: "4889e631ff4883c608488b064885c0740b01ff80380075edffc7ebe9b83c0000000f05",
  aarch64: "e9030091000080d22a8d40f8ca0000b400f87fd34c0140398cffff3500040091faffff17a80b80d2010000d4",
};

const BASE = 0x400000;
const NOTES = { offset: 0x100, size: 68 };
const CODE = 0x200;
const SIZE = 0x300;
const [LOAD, NOTE, READ_AND_EXECUTE, READ] = [1, 4, 5, 4];

/** An ELF file that holds the program. `kinds`: the kinds of its two segments. */
function program(processor: Processor, kinds: readonly number[] = [LOAD, NOTE]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(SIZE);
  const view = new DataView(file.buffer);
  const long = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, MACHINES[processor], true);
  view.setUint32(20, 1, true);
  long(24, BASE + CODE);
  long(32, 64);
  [64, 56, kinds.length].forEach((value, index) => view.setUint16(52 + 2 * index, value, true));
  kinds.forEach((kind, index) => {
    const at = 64 + 56 * index;
    const [offset, size] = kind === LOAD ? [0, SIZE] : [NOTES.offset, NOTES.size];
    view.setUint32(at, kind, true);
    view.setUint32(at + 4, kind === LOAD ? READ_AND_EXECUTE : READ, true);
    [offset, BASE + offset, BASE + offset, size, size, 0x1000].forEach((value, field) => {
      long(at + 8 + 8 * field, value);
    });
  });
  file.set(Array.from(TELL_EMPTY[processor].matchAll(/../g), ([byte]) => parseInt(byte, 16)), CODE);
  return file;
}

/** Runs a program of this machine's processor with arguments as `printf` writes them; its status. */
async function statusOf(file: Uint8Array, args: readonly string[]): Promise<number> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-guard-" });
  try {
    Deno.writeFileSync(`${directory}/program`, file, { mode: 0o755 });
    const words = args.map((arg) => `"$(printf '${arg}')"`).join(" ");
    return (await outputOf("/bin/sh", { args: ["-c", `exec ./program ${words}`], cwd: directory })).code;
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("arguments with a byte above 127 are empty for the program, and all others are unchanged", async () => {
  const file = program(Deno.build.arch);
  const args = ["caf\\351", "plain", "", "\\303\\251", "\\177", "\\200", "a", "\\377"];
  assertEquals(await statusOf(file, args), 0b00100000, "without the guard");
  guardArguments(file);
  assertEquals(await statusOf(file, args), 0b10110101);
  assertEquals(await statusOf(file, []), 0);
});

Deno.test("the binary keeps its size, and everything but its notes and its entry point", () => {
  for (const processor of PROCESSORS) {
    const before = program(processor);
    const after = before.slice();
    guardArguments(after);
    const changed = [...before.keys()].filter((at) => before[at] !== after[at]);
    const mayChange = (at: number) =>
      at >= 24 && at < 32 || at >= 64 + 56 && at < 64 + 112 ||
      at >= NOTES.offset && at < NOTES.offset + NOTES.size;
    assertEquals(changed.filter((at) => !mayChange(at)), []);
    assertEquals(after.length, before.length);
  }
});

Deno.test("a binary with another structure is not changed", () => {
  const wrong: [string, Uint8Array<ArrayBuffer>][] = [
    ["it is no ELF file of 64 bits", new TextEncoder().encode("#!/bin/sh\n")],
    ["it has no notes behind its loaded segments", program("x86_64", [NOTE, LOAD])],
    ["it has no notes behind its loaded segments", program("x86_64", [LOAD])],
  ];
  const other = program("x86_64");
  other[18] = 3;
  wrong.push(["it is for neither x86-64 nor arm64", other]);
  for (const [message, file] of wrong) {
    const before = file.slice();
    assertThrows(() => guardArguments(file), UnknownBinaryError, message);
    assertEquals(file, before);
  }
});

Deno.test("the instructions for arm64 are those tested in an emulator", () => {
  const code = argumentGuard("aarch64", 0x400100, 0x411344);
  const words = Array.from({ length: code.length / 4 }, (_, index) => {
    return new DataView(code.buffer).getUint32(index * 4, true).toString(16);
  });
  assertEquals(words, [
    "910003e9", // mov x9, sp
    "f8408d2a", // ldr x10, [x9, #8]!
    "b400012a", // cbz x10, +36
    "5280000b", // mov w11, #0
    "3840154c", // ldrb w12, [x10], #1
    "2a0c016b", // orr w11, w11, w12
    "35ffffcc", // cbnz w12, -8
    "363fff4b", // tbz w11, #7, -24
    "d100054a", // sub x10, x10, #1
    "f900012a", // str x10, [x9]
    "17fffff7", // b -36
    "b0000090", // adrp x16, 17 pages on
    "910d1210", // add x16, x16, #0x344
    "d61f0200", // br x16
  ]);
});

Deno.test("a target that is too far for a jump is an error", () => {
  assertThrows(() => argumentGuard("x86_64", 0, 2 ** 32), RangeError);
});
