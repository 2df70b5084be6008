/** Where the API of Kubernetes is, and what it wants to see: from the pod that this runs in. */

import { UsageError } from "./arguments.ts";
import type { KubernetesOptions } from "./kubernetes.ts";

/** The files of a pod's service account. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The API at a URL, or of the cluster that this runs in if it is empty. Throws `UsageError`.
 *
 * @param namespace @default that of the service account, or `default`
 */
export function clusterOf(
  url: string,
  namespace: string | undefined,
): Pick<KubernetesOptions, "url" | "namespace" | "bearer" | "client"> {
  const host = Deno.env.get("KUBERNETES_SERVICE_HOST");
  if (url === "" && host === undefined) {
    throw new UsageError("this does not run in a cluster of Kubernetes: write --kubernetes=URL");
  }
  const address = host?.includes(":") ? `[${host}]` : host;
  const certificate = read("ca.crt");
  const client = url === "" && certificate !== undefined
    ? Deno.createHttpClient({ caCerts: [certificate] })
    : undefined;
  return {
    url: url === "" ? `https://${address}:${Deno.env.get("KUBERNETES_SERVICE_PORT") ?? "443"}` : url,
    namespace: namespace ?? read("namespace")?.trim() ?? "default",
    bearer: () => read("token")?.trim(),
    ...(client && { client }),
  };
}

function read(name: string): string | undefined {
  try {
    return Deno.readTextFileSync(`${ACCOUNT}/${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
