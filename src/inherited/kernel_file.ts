import { decodeBytes } from "../model/mod.ts";

/** A file of the kernel as text, as `decodeBytes` makes it; `undefined` if it is not there or may not be read. */
export function kernelFile(path: string): string | undefined {
  // Asked first, as the attempt would make the runtime ask the person at the terminal.
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  try {
    return decodeBytes(Deno.readFileSync(path));
  } catch (error) {
    if (error instanceof Error) return undefined; // no /proc, or a grant of all files, which is not one of this file
    throw error;
  }
}

/** A file of the kernel in which a zero ends each text; `undefined` if it is not there or may not be read. */
export function kernelTexts(path: string): string[] | undefined {
  return kernelFile(path)?.split("\0").slice(0, -1);
}
