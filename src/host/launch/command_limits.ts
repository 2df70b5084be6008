/**
 * The limits of the command host. `Deno.Command` passes only the three standard descriptors, sets no limits and
 * priorities, gives no terminal to a process and adopts no orphans. A service that needs such a feature is refused when
 * it is loaded. The table of settings says which settings need which feature, for which types of services.
 */

import { type HostFeature, hostNeeds, type SettingTable } from "../../description/mod.ts";
import type { ServiceDescription } from "../../model/mod.ts";

/** The features of this host that settings may need. */
const FEATURES: ReadonlySet<HostFeature> = new Set<HostFeature>(["user"]);

/**
 * The first setting of a service that the command host does not support.
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
