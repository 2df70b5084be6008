/** The export to Kubernetes: pods with dinit as process 1, so that order, readiness and restarts stay as they are. */

import { yamlText } from "../yaml_text.ts";
import { DependencyKind } from "../../../model/mod.ts";
import { type ExportedService, ExportError, relatedTo, type ServiceSet } from "../service_set.ts";
import type { FileText } from "../../../description/staged_files.ts";
import type { ExportRequest } from "../request.ts";
import { configMap, type Manifest, type PodFacts, service, workload } from "./manifests.ts";
import { podFacts } from "./pod.ts";

/** Writes a Containerfile and the manifests. */
export async function exportKubernetes(set: ServiceSet, request: ExportRequest): Promise<FileText[]> {
  const pods = podsOf(set, request);
  const manifests: (Manifest | undefined)[] = [];
  const facts: PodFacts[] = [];
  for (const [name, members] of pods) facts.push(await podFacts(name, members, pods, set, request));
  for (const pod of facts) manifests.push(configMap(pod), workload(pod), service(pod));
  const documents = manifests.filter((one) => one !== undefined).map((one) => yamlText(one));
  return [
    { name: "Containerfile", text: containerfile(request) },
    { name: "kubernetes.yaml", text: documents.join("---\n") },
  ];
}

/** Which services are in which pod: one pod, or one more for each service of `--split`. */
function podsOf(set: ServiceSet, { name, split }: ExportRequest): Map<string, ExportedService[]> {
  const owners = new Map<string, string>();
  for (const root of split) {
    if (!set.has(root)) {
      throw new ExportError(`Cannot split off '${root}': it is not among the exported services`);
    }
    // What prepares a service belongs to it.
    const waiting = [root];
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const found = set.get(one);
      if (found === undefined || owners.has(one)) continue;
      owners.set(one, root);
      waiting.push(...relatedTo(found, set, DependencyKind.PREPARED_BY));
    }
  }
  const pods = new Map<string, ExportedService[]>([[name, []]]);
  for (const [service, exported] of set) {
    const owner = owners.get(service);
    const pod = owner === undefined ? name : objectName(`${name}-${owner}`);
    pods.set(pod, [...pods.get(pod) ?? [], exported]);
  }
  if (pods.get(name)?.length === 0) pods.delete(name);
  return pods;
}

/** Names of objects have lower-case letters, digits and dashes. */
function objectName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-").replace(/-+$/, "").slice(0, 60);
}

function containerfile({ image }: ExportRequest): string {
  return [
    "# The image of all pods. Replace the base by the one that has the programs of the services.",
    `# Build it with: podman build --tag ${image} --file Containerfile .`,
    "FROM docker.io/library/debian:bookworm-slim",
    "# The program and its link are beside this file; `deno task compile` makes them.",
    "COPY dinit /usr/bin/dinit",
    "RUN ln -s dinit /usr/bin/dinitctl",
    "STOPSIGNAL SIGTERM",
    'ENTRYPOINT ["/usr/bin/dinit", "--container"]',
    "",
  ].join("\n");
}
