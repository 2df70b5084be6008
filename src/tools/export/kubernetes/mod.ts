/** The export to Kubernetes: pods with dinit as process 1, so that order, readiness and restarts stay as they are. */

import { yamlText } from "../yaml_text.ts";
import type { ServiceSet } from "../service_set.ts";
import type { FileText } from "../../../description/staged_files.ts";
import type { ExportRequest } from "../request.ts";
import { configMap, cronJobs, type Manifest, type PodFacts, service, workload } from "./manifests.ts";
import { podFacts } from "./pod.ts";
import { podsOf } from "./pods.ts";
import { refuseCircles } from "./waiting_circle.ts";

/** Writes a Containerfile and the manifests. Throws `ExportError`. */
export async function exportKubernetes(set: ServiceSet, request: ExportRequest): Promise<FileText[]> {
  const pods = podsOf(set, request);
  refuseCircles(pods);
  const manifests: (Manifest | undefined)[] = [];
  const facts: PodFacts[] = [];
  for (const pod of pods) facts.push(await podFacts(pod, pods, set, request));
  for (const pod of facts) {
    const objects = pod.job === undefined ? [workload(pod), service(pod)] : cronJobs(pod, pod.job);
    manifests.push(configMap(pod), ...objects);
  }
  const documents = manifests.filter((one) => one !== undefined).map((one) => yamlText(one));
  return [
    { name: "Containerfile", text: containerfile(request) },
    { name: "kubernetes.yaml", text: documents.join("---\n") },
  ];
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
