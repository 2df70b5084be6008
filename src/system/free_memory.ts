import type { Library } from "./library.ts";

/** The collector of V8, with the flag `--expose-gc`. */
type Collect = (options: { readonly type: "major"; readonly flavor: "last-resort" }) => void;

/**
 * Gives unused memory back to the system: collects garbage, unless the program runs without the flag of V8 for that, and
 * returns what the C library has free. V8 keeps the pages of its heap unless the collection is one of the last resort.
 */
export function releaseMemory({ symbols }: Library): void {
  const { gc } = globalThis as { readonly gc?: Collect }; // the runtime's types lack it
  gc?.({ type: "major", flavor: "last-resort" });
  symbols.malloc_trim(0n);
}
