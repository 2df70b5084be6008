import type { Architecture } from "./library.ts";

const BOOT_TIME = 2;
/** Size of `struct utmpx` and offset of its time: 32 bits per number on x86-64, 64 on arm64. */
const LAYOUTS = {
  x86_64: { size: 384, time: 340, wide: false },
  aarch64: { size: 400, time: 344, wide: true },
} as const satisfies Record<Architecture, unknown>;

/** An entry of the login tables with only type and time. `now`: milliseconds since 1970. */
export function loginRecord(architecture: Architecture, type: number, now: number): Uint8Array<ArrayBuffer> {
  const { size, time, wide } = LAYOUTS[architecture];
  const record = new Uint8Array(size);
  const view = new DataView(record.buffer);
  const seconds = Math.floor(now / 1000);
  const microseconds = Math.floor(now % 1000) * 1000;
  view.setInt16(0, type, true);
  if (wide) {
    view.setBigInt64(time, BigInt(seconds), true);
    view.setBigInt64(time + 8, BigInt(microseconds), true);
  } else {
    view.setInt32(time, seconds, true);
    view.setInt32(time + 4, microseconds, true);
  }
  return record;
}

/** The entry of a boot (daemon and init 3.7). `now`: milliseconds since 1970. */
export function bootRecord(architecture: Architecture, now: number): Uint8Array<ArrayBuffer> {
  return loginRecord(architecture, BOOT_TIME, now);
}
