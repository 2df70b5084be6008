/** Where the API of Kubernetes is, and what it wants to see: from the pod that this runs in. */

import { UsageError } from "./arguments.ts";
import type { KubernetesOptions } from "./kubernetes.ts";

/** The files of a pod's service account. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Throws `UsageError`.
 *
 * @param url the address of the API. @default that of the cluster that this runs in
 * @param namespace @default that of the service account, or `default`
 */
export function clusterOf(
  url: string | undefined,
  namespace: string | undefined,
): Pick<KubernetesOptions, "url" | "namespace" | "bearer" | "client"> {
  const host = Deno.env.get("KUBERNETES_SERVICE_HOST");
  if (url === undefined && host === undefined) {
    throw new UsageError("this does not run in a cluster of Kubernetes: add --api=URL");
  }
  const address = host?.includes(":") ? `[${host}]` : host;
  const certificate = read("ca.crt");
  const client = url === undefined && certificate !== undefined
    ? Deno.createHttpClient({ caCerts: [certificate] })
    : undefined;
  return {
    url: url === undefined
      ? `https://${address}:${Deno.env.get("KUBERNETES_SERVICE_PORT") ?? "443"}`
      : url.replace(/\/+$/, ""),
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
