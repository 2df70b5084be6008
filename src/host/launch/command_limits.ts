/**
 * What the command host cannot do. `Deno.Command` passes no descriptors but the standard three, sets no limits and
 * priorities, gives no terminal away and adopts no orphans; a service that asks for such a thing is refused when it
 * is loaded. Which settings ask for what, and on services of which types, stands in the table of settings.
 */

import { type HostFeature, hostNeeds, type SettingTable } from "../../description/mod.ts";
import type { ServiceDescription } from "../../model/mod.ts";

/** What it can do of all that settings may ask for. */
const FEATURES: ReadonlySet<HostFeature> = new Set<HostFeature>(["user"]);

/**
 * The first setting that the command host would have to carry out for a service and cannot.
 *
 * @param table the settings. @default those of the program
 */
export function unsupportedByCommandHost(
  description: ServiceDescription,
  table?: SettingTable,
): { setting: string; message: string } | undefined {
  const found = hostNeeds(description, table).find(({ feature }) => !FEATURES.has(feature));
  if (found === undefined) return undefined;
  return {
    setting: found.label,
    message: "the command host cannot do this, the native host can (grant --allow-ffi).",
  };
}
