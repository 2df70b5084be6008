/**
 * Puts the argument guard into a compiled binary. The binary keeps its size: the instructions replace the notes of the
 * linker (the build id). The entry of the segment table for the notes then makes the system load them as code. The data
 * that the runtime and its compiler read from the file does not change.
 */

import { argumentGuard, type Processor } from "./argument_guard.ts";

/** The binary does not have the expected structure. */
export class UnknownBinaryError extends Error {
  override readonly name = "UnknownBinaryError";
}

/** Offsets in an ELF file of 64 bits, little-endian. */
const HEADER = { machine: 18, entry: 24, segments: 32, segmentSize: 54, segmentCount: 56 } as const;
const SEGMENT = {
  type: 0,
  flags: 4,
  offset: 8,
  address: 16,
  physical: 24,
  fileSize: 32,
  size: 40,
  align: 48,
} as const;
const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1]; // "\x7fELF", 64 bits, little-endian
const PT_LOAD = 1;
const PT_NOTE = 4;
/** Readable and executable. */
const CODE_FLAGS = 5;
const PROCESSORS: ReadonlyMap<number, Processor> = new Map([[62, "x86_64"], [183, "aarch64"]]);
/** The largest page size (arm64 has pages of 64 KB): positions in file and memory are equal modulo this. */
const PAGE = 0x10000;

/** One entry of the segment table. */
class Segment {
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  get(field: keyof typeof SEGMENT): number {
    const at = SEGMENT[field];
    return at < 8 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  set(field: keyof typeof SEGMENT, value: number): void {
    const at = SEGMENT[field];
    if (at < 8) this.#view.setUint32(at, value, true);
    else this.#view.setBigUint64(at, BigInt(value), true);
  }
}

/** Changes the bytes of a binary. If it throws `UnknownBinaryError`, it has changed nothing. */
export function guardArguments(binary: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  if (MAGIC.some((byte, at) => binary[at] !== byte)) {
    throw new UnknownBinaryError("it is no ELF file of 64 bits");
  }
  const processor = PROCESSORS.get(view.getUint16(HEADER.machine, true));
  if (processor === undefined) throw new UnknownBinaryError("it is for neither x86-64 nor arm64");
  const segments = segmentsOf(view);
  const loaded = segments.filter((segment) => segment.get("type") === PT_LOAD);
  const end = Math.max(...loaded.map((segment) => segment.get("address") + segment.get("size")));
  // The system requires the loaded segments in the order of their addresses.
  const notes = segments.slice(segments.lastIndexOf(loaded.at(-1)!) + 1).find((it) =>
    it.get("type") === PT_NOTE
  );
  if (notes === undefined) throw new UnknownBinaryError("it has no notes behind its loaded segments");
  const offset = notes.get("offset");
  const address = Math.ceil(end / PAGE) * PAGE + offset % PAGE;
  const code = argumentGuard(processor, address, Number(view.getBigUint64(HEADER.entry, true)));
  if (code.length > notes.get("fileSize")) throw new UnknownBinaryError("its notes are too short");
  binary.set(code, offset);
  view.setBigUint64(HEADER.entry, BigInt(address), true);
  notes.set("type", PT_LOAD);
  notes.set("flags", CODE_FLAGS);
  notes.set("address", address);
  notes.set("physical", address);
  notes.set("fileSize", code.length);
  notes.set("size", code.length);
  notes.set("align", loaded[0].get("align"));
}

function segmentsOf(view: DataView): Segment[] {
  const table = Number(view.getBigUint64(HEADER.segments, true));
  const size = view.getUint16(HEADER.segmentSize, true);
  return Array.from({ length: view.getUint16(HEADER.segmentCount, true) }, (_, index) => {
    return new Segment(new DataView(view.buffer, view.byteOffset + table + index * size, size));
  });
}
