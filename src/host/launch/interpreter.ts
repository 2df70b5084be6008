/** The program with which the kernel executes a file: the interpreter of a script, the dynamic linker of a binary. */

import { decodeBytes } from "../../model/mod.ts";

/** How a 64-bit little-endian ELF file begins. */
const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
/** Offsets in the ELF header (position, size and number of the program headers), and its length. */
const ELF = { tableAt: 32, entrySize: 54, entries: 56, size: 64 } as const;
/** Offsets in a program header (type, position and size of its segment), and its length. */
const PROGRAM = { type: 0, offset: 8, fileSize: 32, size: 56 } as const;
const PT_INTERP = 3;
/** How many bytes of a script the kernel reads. */
const SCRIPT_LINE = 256;

/** The interpreter of a file with this beginning; `undefined` if it has none, or not within these bytes. */
export function interpreterOf(header: Uint8Array): string | undefined {
  if (ELF_MAGIC.every((byte, index) => header[index] === byte)) return linkerOf(header);
  const line = decodeBytes(header.subarray(0, SCRIPT_LINE));
  return /^#![ \t]*([^ \t\n\0]+)/.exec(line)?.[1];
}

function linkerOf(header: Uint8Array): string | undefined {
  if (header.length < ELF.size) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const table = Number(view.getBigUint64(ELF.tableAt, true));
  const entrySize = view.getUint16(ELF.entrySize, true);
  const entries = view.getUint16(ELF.entries, true);
  for (let entry = 0; entry < entries; entry++) {
    const at = table + entry * entrySize;
    if (at + PROGRAM.size > header.length) return undefined;
    if (view.getUint32(at + PROGRAM.type, true) !== PT_INTERP) continue;
    const start = Number(view.getBigUint64(at + PROGRAM.offset, true));
    const end = start + Number(view.getBigUint64(at + PROGRAM.fileSize, true)) - 1; // without the zero at its end
    return end > start && end < header.length ? decodeBytes(header.subarray(start, end)) : undefined;
  }
  return undefined;
}
