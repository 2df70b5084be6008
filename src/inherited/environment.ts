import { kernelTexts } from "./kernel_file.ts";

const ENVIRONMENT = "/proc/self/environ";
/**
 * Variables that tell a Node.js program of a descriptor. No process of ours has that descriptor, and such a program
 * ends when it is missing.
 */
const OF_DESCRIPTORS = ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"];
/** The runtime sets this, and leads `PATH` to a folder of its own, where it finds no program `node`. */
const NODE_STAND_IN = { variable: "DENO_NODE_SHIM_ACTIVE", folder: "/node_compat_bin" } as const;

/**
 * The environment that the program was started with, as `decodeBytes` makes text of bytes, in the order of the system;
 * without the variables that can mean nothing to another process. Of a variable that is there twice the first counts,
 * as in the C library. Throws `Deno.errors.NotCapable` if the program may not look at its environment.
 */
export function inheritedEnvironment(): ReadonlyMap<string, string> {
  const entries = kernelTexts(ENVIRONMENT);
  const environment = entries === undefined ? runtimeEnvironment() : byName(entries);
  for (const name of OF_DESCRIPTORS) environment.delete(name);
  return environment;
}

/** The same as entries for another program, `NAME=VALUE`. */
export function inheritedEntries(): string[] {
  return Array.from(inheritedEnvironment(), ([name, value]) => `${name}=${value}`);
}

/**
 * One variable of the program's own environment, as `decodeBytes` makes text of bytes; `undefined` if it is not set,
 * or if it is not UTF-8 and the kernel may not be asked. Throws `Deno.errors.NotCapable` if the program may not look at it.
 */
export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return byName(kernelTexts(ENVIRONMENT) ?? []).get(name); // it is not UTF-8
  }
}

function byName(entries: readonly string[]): Map<string, string> {
  const environment = new Map<string, string>();
  for (const entry of entries) {
    const equals = entry.indexOf("=");
    const name = entry.slice(0, equals);
    if (equals > 0 && !environment.has(name)) environment.set(name, entry.slice(equals + 1));
  }
  return environment;
}

/** What the runtime makes of the environment, less what it adds. What is not UTF-8 is missing. */
function runtimeEnvironment(): Map<string, string> {
  const environment = new Map(Object.entries(Deno.env.toObject()));
  if (!environment.delete(NODE_STAND_IN.variable)) return environment;
  const folders = environment.get("PATH")?.split(":") ?? [];
  const others = folders.filter((folder) => !folder.endsWith(NODE_STAND_IN.folder));
  if (others.length > 0) environment.set("PATH", others.join(":"));
  else environment.delete("PATH");
  return environment;
}
