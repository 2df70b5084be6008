/**
 * The launches in flight: a small array in memory that does not move, with the number of each launch, and the id of its
 * process as soon as the system has written it there. Whatever happens to the daemon meanwhile, this says which
 * processes it was making.
 */

import type { Memory, PidPlace } from "../../system/mod.ts";
import type { LaunchNumber } from "../processes/process_record.ts";

/** The offsets in a slot, and its size in bytes. */
const SLOT = { launch: 0, pid: 8, isTaken: 12, size: 16 } as const;

/** The memory that a number of slots needs, in bytes. */
export function sizeOfSlots(count: number): number {
  return count * SLOT.size;
}

/** One launch in flight. */
export interface FlyingLaunch {
  /** Its number in the record of processes. */
  readonly launch: LaunchNumber;
  /** Its process; `undefined` if the system has not written it yet. */
  readonly pid: number | undefined;
}

/** The launches in flight, in the bytes of such memory, which may be that of an earlier program. */
export function launchesIn(bytes: Uint8Array): FlyingLaunch[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const launches: FlyingLaunch[] = [];
  for (let at = 0; at + SLOT.size <= bytes.length; at += SLOT.size) {
    if (view.getUint32(at + SLOT.isTaken, true) === 0) continue;
    const pid = view.getInt32(at + SLOT.pid, true);
    launches.push({
      launch: view.getFloat64(at + SLOT.launch, true),
      pid: pid === 0 ? undefined : pid,
    });
  }
  return launches;
}

/** The slot of a launch: where its process id is written. */
export interface LaunchSlot extends PidPlace {
  readonly index: number;
}

/** Gives each launch in flight its slot. */
export class LaunchSlots {
  readonly #memory: Memory;
  readonly #free: number[];
  readonly #bytes = new Uint8Array(SLOT.size);
  readonly #fields = new DataView(this.#bytes.buffer);

  /** @param memory is overwritten; its size says how many slots there are */
  constructor(memory: Memory) {
    this.#memory = memory;
    memory.write(0, new Uint8Array(memory.size));
    const count = Math.floor(memory.size / SLOT.size);
    this.#free = Array.from({ length: count }, (_, index) => count - 1 - index);
  }

  /** A slot for a launch that begins now. Throws `RangeError` if all are taken: there must be one for each launch in flight. */
  take(launch: LaunchNumber): LaunchSlot {
    const index = this.#free.pop();
    if (index === undefined) throw new RangeError("more launches in flight than slots");
    this.#fields.setFloat64(SLOT.launch, launch, true);
    this.#fields.setInt32(SLOT.pid, 0, true);
    this.#fields.setUint32(SLOT.isTaken, 1, true);
    this.#memory.write(index * SLOT.size, this.#bytes);
    return { index, memory: this.#memory, offset: index * SLOT.size + SLOT.pid };
  }

  /** The launch is over, and what it made is saved. */
  free(slot: LaunchSlot): void {
    this.#memory.write(slot.index * SLOT.size, new Uint8Array(SLOT.size));
    this.#free.push(slot.index);
  }
}
