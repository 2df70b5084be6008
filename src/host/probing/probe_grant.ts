import { needsProber, type ServiceDescription } from "../../model/mod.ts";

/** The setting of a check that the prober may not perform: it has the grants of the daemon. A binary has all of them. */
export function probeProblem(
  { health }: ServiceDescription,
): { setting: string; message: string } | undefined {
  if (!needsProber(health) || Deno.permissions.querySync({ name: "net" }).state === "granted") {
    return undefined;
  }
  return {
    setting: health.http === "" ? "health-tcp" : "health-http",
    message: "a name of a host, and https, need the network (grant --allow-net).",
  };
}
