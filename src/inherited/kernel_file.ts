import { decodeBytes } from "../model/bytes.ts";

/** A file of the kernel, decoded with `decodeBytes`; `undefined` if it does not exist or is not readable. */
export function kernelFile(path: string): string | undefined {
  // Ask first: an attempt without the grant would prompt at the terminal.
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  try {
    return decodeBytes(Deno.readFileSync(path));
  } catch (error) {
    if (error instanceof Error) return undefined; // no /proc, or the grant for all files does not include this one
    throw error;
  }
}

/** A file of the kernel with zero-terminated texts; `undefined` if it does not exist or is not readable. */
export function kernelTexts(path: string): string[] | undefined {
  return kernelFile(path)?.split("\0").slice(0, -1);
}
