/** Folders for benchmarks. */

/** Calls a function with a new folder, and removes the folder afterwards. */
export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-bench-" });
  try {
    return await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Writes descriptions, by name, into a new folder. */
export function writeServices(folder: string, services: Readonly<Record<string, string>>): void {
  Deno.mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(services)) Deno.writeTextFileSync(`${folder}/${name}`, text);
}

/**
 * The services `s0`, `s1`, … with the same description; `all`, which waits for all of them; and `base`, on which all of
 * them depend. So `all` is started when all of them run, and `base` is stopped when all of them have stopped.
 */
export function numberedServices(count: number, description: string): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  return {
    base: "type = internal\n",
    all: "type = internal\n" + names.map((name) => `waits-for = ${name}\n`).join(""),
    ...Object.fromEntries(names.map((name) => [name, `${description}\ndepends-on = base\n`])),
  };
}

/** Waits. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
