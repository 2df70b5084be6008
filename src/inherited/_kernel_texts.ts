import { decodeBytes } from "../model/mod.ts";

/** A file of the kernel in which a zero ends each text; `undefined` if it may not be read. */
export function kernelTexts(path: string): string[] | undefined {
  // Asked first, as the attempt would make the runtime ask the person at the terminal.
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Error) return undefined; // no /proc, or a grant of all files, which is not one of this file
    throw error;
  }
  const texts = decodeBytes(bytes).split("\0");
  texts.pop(); // behind the last zero
  return texts;
}
