/** What a description takes away from the view of a process (`sandbox`): an extension. */

/** What the processes of a service cannot see, reach or change. */
export const SANDBOX_WORDS = [
  "strict",
  "read-only-root",
  "private-tmp",
  "private-dev",
  "private-pid",
  "private-ipc",
  "no-home",
  "no-network",
] as const;
/** One of these words. */
export type SandboxWord = (typeof SANDBOX_WORDS)[number];

/** The settings. */
export interface SandboxSettings {
  /** `sandbox`, with `strict` resolved; empty: no sandbox. */
  readonly words: readonly string[];
  /** `sandbox-writable`: absolute paths that the processes may change in spite of that. */
  readonly writable: readonly string[];
}

/** The settings of a description without such lines. All such descriptions share this object. */
export const NO_SANDBOX: SandboxSettings = { words: [], writable: [] };

/** Whether the processes have a sandbox. Signals then reach them only through their process group. */
export function isSandboxed({ words }: SandboxSettings): boolean {
  return words.length > 0;
}
