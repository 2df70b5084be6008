/** The delay of `schedule-jitter`: always the same for one service on one machine. */

/**
 * A delay below `jitter`, in whole milliseconds.
 *
 * @param machine what distinguishes this machine from others
 */
export function jitterOf(service: string, jitter: number, machine: string): number {
  return Math.floor(fractionOf(`${machine}\n${service}`) * jitter);
}

/** A number from 0 to 1 that depends on each character (FNV-1a, and a last mix that spreads short texts). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
