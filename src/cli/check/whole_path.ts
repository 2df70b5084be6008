/** Paths as explanations show them. */

/** A path from the root on; as it is if the working directory cannot be known. */
export function wholePath(path: string): string {
  if (path.startsWith("/")) return path;
  try {
    return `${Deno.cwd()}/${path.replace(/^(?:\.\/)+/, "")}`;
  } catch {
    return path; // it was removed, or reading it was not granted
  }
}
