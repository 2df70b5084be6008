/**
 * Fingerprints of environments: enough to recognise a process with the same environment, but not to reveal its
 * contents. Each variable is represented by 16 bits of a hash, as four hexadecimal digits.
 */

/** The share of an environment that must match: programs add variables, and change a few. */
const SHARE = 0.75;
/** An environment with fewer variables identifies nothing: many programs have only a `PATH`. */
const FEWEST = 4;
const DIGITS = 4;

const known = new WeakMap<ReadonlyMap<string, string>, string>();

/** The fingerprint of an environment. It is cached: most services share one. */
export function environmentFingerprint(environment: ReadonlyMap<string, string>): string {
  let fingerprint = known.get(environment);
  if (fingerprint === undefined) {
    fingerprint = Array.from(environment, ([name, value]) => hash(`${name}=${value}`)).join("");
    known.set(environment, fingerprint);
  }
  return fingerprint;
}

/** Whether the variables of a process, each `NAME=VALUE`, can come from this environment. */
export function comesFrom(variables: readonly string[], fingerprint: string): boolean {
  const wanted = fingerprint.match(/.{4}/g) ?? [];
  if (wanted.length < FEWEST) return false;
  const found = new Set(variables.map(hash));
  return wanted.filter((digits) => found.has(digits)).length >= SHARE * wanted.length;
}

/** FNV-1a over the units of a text, folded to 16 bits. */
function hash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ hash >>> 16) & 0xffff).toString(16).padStart(DIGITS, "0");
}
