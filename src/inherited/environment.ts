import { kernelTexts } from "./kernel_file.ts";

const ENVIRONMENT = "/proc/self/environ";
/**
 * Variables that give a Node.js program a descriptor. No process of ours has this descriptor, and such a program exits
 * when it is missing.
 */
const OF_DESCRIPTORS = ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"];
/** Only for a program that replaces this one in the same process (`inheritance.ts`). */
export const HEIR_VARIABLE = "DINIT_HEIR";
/** The runtime sets this variable, and puts its own folder into `PATH` in which it finds no program `node`. */
const NODE_STAND_IN = { variable: "DENO_NODE_SHIM_ACTIVE", folder: "/node_compat_bin" } as const;

/**
 * The environment that the program was started with, decoded with `decodeBytes`, in the order of the system. Variables
 * that make no sense to another process are left out. If a variable appears twice, the first one counts, as in the C
 * library. Throws `Deno.errors.NotCapable` without the grant to read the environment.
 */
export function inheritedEnvironment(): ReadonlyMap<string, string> {
  const entries = kernelTexts(ENVIRONMENT);
  const environment = entries === undefined ? runtimeEnvironment() : byName(entries);
  for (const name of [...OF_DESCRIPTORS, HEIR_VARIABLE]) environment.delete(name);
  return environment;
}

/** The same as entries for another program, `NAME=VALUE`. */
export function inheritedEntries(): string[] {
  return Array.from(inheritedEnvironment(), ([name, value]) => `${name}=${value}`);
}

/**
 * One variable of the program's own environment, decoded with `decodeBytes`; `undefined` if it is not set, or if it is
 * not UTF-8 and the kernel's file is not readable. Throws `Deno.errors.NotCapable` without the grant to read the
 * environment.
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

/** The environment as the runtime shows it, without its own additions. Variables that are not UTF-8 are missing. */
function runtimeEnvironment(): Map<string, string> {
  const environment = new Map(Object.entries(Deno.env.toObject()));
  if (!environment.delete(NODE_STAND_IN.variable)) return environment;
  const folders = environment.get("PATH")?.split(":") ?? [];
  const others = folders.filter((folder) => !folder.endsWith(NODE_STAND_IN.folder));
  if (others.length > 0) environment.set("PATH", others.join(":"));
  else environment.delete("PATH");
  return environment;
}
