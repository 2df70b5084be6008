/**
 * Machine instructions that run first in the compiled binary, so that it survives arguments that are not UTF-8. The
 * runtime decodes its arguments as Unicode before it loads our modules, and panics if that fails. This happens with a
 * service or folder that has an old name, or for process 1 with a word on the kernel's command line.
 *
 * The instructions replace every argument with a byte above 127 by the empty text: they move its pointer to the zero at
 * its end. The texts stay in memory, and the kernel still shows them: `src/inherited/command_line.ts` reads all bytes
 * from `/proc/self/cmdline`. The start takes no longer, and needs no launcher, no shell and no second execution.
 *
 * At the entry point of a program the stack pointer points at the number of arguments; the pointers to the arguments
 * and a null pointer follow. The code must keep one register, the function to call at exit: rdx or x0.
 */

/** The processors that Deno compiles for on Linux. */
export type Processor = "x86_64" | "aarch64";

/**
 * One instruction: its label if it is a target, its text, and its bytes. A branch computes its bytes from the distance
 * between its own first byte and its target.
 */
type Row = readonly [label: string, text: string, bytes: number[] | Branch];
interface Branch {
  /** A label, or `entry`: the code to run afterwards. */
  readonly to: string;
  readonly size: number;
  bytes(distance: number, address: number): number[];
}

/** A short jump of x86-64: one byte, relative to the end of the instruction. */
const short = (opcode: number, to: string): Branch => ({
  to,
  size: 2,
  bytes: (distance) => [opcode, within(distance - 2, 7) & 0xff],
});

/** A long jump of x86-64: four bytes, relative to the end of the instruction. */
const near = (opcode: number, to: string): Branch => ({
  to,
  size: 5,
  bytes: (distance) => [opcode, ...word(within(distance - 5, 31))],
});

/** A branch of arm64: a number of instructions, in this many bits, at bit 0 or 5 of the instruction. */
const branch = (opcode: number, bits: number, at: number, to: string): Branch => ({
  to,
  size: 4,
  bytes: (distance) => {
    const field = within(distance / 4, bits - 1) & (2 ** bits - 1);
    return word((opcode | field << at) >>> 0);
  },
});

/** `adrp`: the 4 KB page of the target, relative to the page of the instruction. */
const pageOf = (register: number, to: string): Branch => ({
  to,
  size: 4,
  bytes: (distance, address) => {
    const pages = within(Math.floor((address + distance) / 4096) - Math.floor(address / 4096), 20);
    return word((0x90000000 | (pages & 3) << 29 | (pages >> 2 & 0x7ffff) << 5 | register) >>> 0);
  },
});

/** `add` of the target's offset in its page. */
const placeInPage = (register: number, to: string): Branch => ({
  to,
  size: 4,
  bytes: (distance, address) =>
    word((0x91000000 | (address + distance) % 4096 << 10 | register << 5 | register) >>> 0),
});

const X86_64: readonly Row[] = [
  ["", "mov rsi, rsp          ; rsi: the place before the next pointer", [0x48, 0x89, 0xe6]],
  ["argument", "add rsi, 8", [0x48, 0x83, 0xc6, 0x08]],
  ["", "mov rdi, [rsi]        ; rdi: the next byte", [0x48, 0x8b, 0x3e]],
  ["", "test rdi, rdi", [0x48, 0x85, 0xff]],
  ["", "jz program            ; the null pointer: that was the last one", short(0x74, "program")],
  ["", "xor ecx, ecx          ; cl: all bytes of the argument, or-ed", [0x31, 0xc9]],
  ["byte", "mov al, [rdi]", [0x8a, 0x07]],
  ["", "inc rdi", [0x48, 0xff, 0xc7]],
  ["", "or cl, al", [0x08, 0xc1]],
  ["", "test al, al", [0x84, 0xc0]],
  ["", "jnz byte", short(0x75, "byte")],
  ["", "test cl, cl", [0x84, 0xc9]],
  ["", "jns argument          ; no byte above 127", short(0x79, "argument")],
  ["", "dec rdi               ; back on the zero", [0x48, 0xff, 0xcf]],
  ["", "mov [rsi], rdi", [0x48, 0x89, 0x3e]],
  ["", "jmp argument", short(0xeb, "argument")],
  ["program", "jmp entry", near(0xe9, "entry")],
];

const AARCH64: readonly Row[] = [
  ["", "mov x9, sp            // x9: the place before the next pointer", word(0x910003e9)],
  ["argument", "ldr x10, [x9, #8]!    // x10: the next byte", word(0xf8408d2a)],
  [
    "",
    "cbz x10, program      // the null pointer: that was the last one",
    branch(0xb400000a, 19, 5, "program"),
  ],
  ["", "mov w11, #0           // w11: all bytes of the argument, or-ed", word(0x5280000b)],
  ["byte", "ldrb w12, [x10], #1", word(0x3840154c)],
  ["", "orr w11, w11, w12", word(0x2a0c016b)],
  ["", "cbnz w12, byte", branch(0x3500000c, 19, 5, "byte")],
  ["", "tbz w11, #7, argument // no byte above 127", branch(0x3638000b, 14, 5, "argument")],
  ["", "sub x10, x10, #1      // back on the zero", word(0xd100054a)],
  ["", "str x10, [x9]", word(0xf900012a)],
  ["", "b argument", branch(0x14000000, 26, 0, "argument")],
  ["program", "adrp x16, entry", pageOf(16, "entry")],
  ["", "add x16, x16, :lo12:entry", placeInPage(16, "entry")],
  ["", "br x16", word(0xd61f0200)],
];

const TABLES: Readonly<Record<Processor, readonly Row[]>> = { x86_64: X86_64, aarch64: AARCH64 };

/**
 * The instructions for a processor.
 *
 * @param address where they will be, as a virtual address of the program
 * @param entry the original entry point of the program
 */
export function argumentGuard(processor: Processor, address: number, entry: number): Uint8Array<ArrayBuffer> {
  const rows = TABLES[processor];
  const labels = new Map([["entry", entry]]);
  let at = address;
  for (const [label, , bytes] of rows) {
    if (label !== "") labels.set(label, at);
    at += sizeOf(bytes);
  }
  const code: number[] = [];
  for (const [, , bytes] of rows) {
    const here = address + code.length;
    code.push(...(Array.isArray(bytes) ? bytes : bytes.bytes(labels.get(bytes.to)! - here, here)));
  }
  return Uint8Array.from(code);
}

function sizeOf(bytes: number[] | Branch): number {
  return Array.isArray(bytes) ? bytes.length : bytes.size;
}

/** Four bytes, little-endian. */
function word(value: number): number[] {
  return [value & 0xff, value >>> 8 & 0xff, value >>> 16 & 0xff, value >>> 24 & 0xff];
}

/** Returns a distance that fits into this many bits and a sign. Throws `RangeError` otherwise. */
function within(distance: number, bits: number): number {
  if (distance < -(2 ** bits) || distance >= 2 ** bits) throw new RangeError(`too far to jump: ${distance}`);
  return distance;
}
