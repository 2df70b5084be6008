import { ToolFailure } from "../shared/failure.ts";

/** What the daemon of a project needs: its services may be any programs. */
const NEEDED: readonly Deno.PermissionDescriptor["name"][] = ["run", "read", "write", "net", "env", "sys"];

/**
 * The command line that runs this program with other words: the binary, or Deno with the same module and all grants.
 * Throws `ToolFailure` if a grant is missing.
 */
export function ownCommand(words: readonly string[]): string[] {
  if (Deno.build.standalone) return [Deno.execPath(), ...words];
  const missing = NEEDED.filter((name) => Deno.permissions.querySync({ name }).state !== "granted");
  if (missing.length > 0) {
    const grants = missing.map((name) => `--allow-${name}`).join(", ");
    throw new ToolFailure(`dinit: permission denied: ${grants} is needed; run: deno run --allow-all … up`);
  }
  const ffi = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  const grants = ffi ? ["--allow-all"] : NEEDED.map((name) => `--allow-${name}`);
  // A bundle stands in the folder of a project, whose deno.json is not meant for it.
  const config = Deno.mainModule.endsWith(".js") ? ["--no-config"] : [];
  return [Deno.execPath(), "run", "--no-prompt", ...config, ...grants, Deno.mainModule, ...words];
}
