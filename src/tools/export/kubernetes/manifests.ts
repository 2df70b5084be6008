/** The objects of Kubernetes, as plain data. Pure functions. */

import { encodeBytes } from "../../../model/mod.ts";
import type { CronJobPlan } from "./cron_job.ts";

/** A value of a manifest. */
export type Manifest = { readonly [name: string]: unknown };

/** What all objects of one pod share. */
export interface PodFacts {
  readonly name: string;
  readonly app: string;
  readonly image: string;
  /** The services that dinit starts. */
  readonly roots: readonly string[];
  readonly gracePeriod: number;
  readonly ports: readonly number[];
  /** The folders that survive the pod. */
  readonly data: readonly string[];
  /** Whether any service has a check. */
  readonly hasChecks: boolean;
  /** The limits of all services together; `undefined` if one of them has none. */
  readonly memory: number | undefined;
  readonly processors: number | undefined;
  /** The capabilities that services need; the pod has no others. */
  readonly capabilities: readonly string[];
  /** Whether all services deny themselves more privileges. */
  readonly noNewPrivileges: boolean;
  /** The places of the descriptions in the configuration: keys and paths. */
  readonly items: readonly { readonly key: string; readonly path: string }[];
  /** The texts in the configuration by their keys. */
  readonly texts: Readonly<Record<string, string>>;
  /** The hash of the texts: a pod starts again when they change. */
  readonly hash: string;
  /** The files of variables: keys of the Secret, and relative paths in the folder of descriptions. */
  readonly secrets: readonly { readonly key: string; readonly path: string }[];
  /** Where this pod waits before it starts: `tcp:HOST:PORT`. */
  readonly waits: readonly string[];
  /** When it runs, and the names of the CronJobs; `undefined` for a pod that always runs. */
  readonly job: JobFacts | undefined;
}

/** The CronJobs of a pod. */
export interface JobFacts {
  readonly plan: CronJobPlan;
  readonly names: readonly string[];
}

/** Where the descriptions are in a container. */
const FOLDER = "/etc/dinit.d";
/** The path of the tool in the image. */
const DINITCTL = "/usr/bin/dinitctl";

/** The configuration with the descriptions. Those that are not UTF-8 are binary data. */
export function configMap({ name, app, texts }: PodFacts): Manifest {
  const all = Object.entries(texts);
  const binary = all.filter(([, text]) => !text.isWellFormed());
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `${name}-services`, labels: labels(name, app) },
    data: Object.fromEntries(all.filter(([, text]) => text.isWellFormed())),
    ...(binary.length === 0 ? {} : {
      binaryData: Object.fromEntries(binary.map(([key, text]) => [key, base64(encodeBytes(text))])),
    }),
  };
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** What a folder that outlives its pod asks for. */
const CLAIM = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };

/** A Deployment, or a StatefulSet for services that keep data. */
export function workload(pod: PodFacts): Manifest {
  const { name, app, data } = pod;
  const common = { replicas: 1, selector: { matchLabels: labels(name, app) }, template: podTemplate(pod) };
  const metadata = { name, labels: labels(name, app) };
  if (data.length === 0) return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: common };
  const claims = data.map((_, index) => ({ metadata: { name: `data-${index}` }, spec: CLAIM }));
  const spec = { ...common, serviceName: name, volumeClaimTemplates: claims };
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata, spec };
}

/** A CronJob for each expression of a schedule, and the claims of its data. */
export function cronJobs(pod: PodFacts, { plan, names }: JobFacts): Manifest[] {
  const { timeZone, concurrencyPolicy, startingDeadline, limit, retries } = plan;
  const spec = {
    ...(timeZone === "" ? {} : { timeZone }),
    concurrencyPolicy,
    ...(startingDeadline === undefined ? {} : { startingDeadlineSeconds: startingDeadline }),
    jobTemplate: {
      spec: {
        backoffLimit: retries,
        ...(limit === undefined ? {} : { activeDeadlineSeconds: limit }),
        template: podTemplate(pod),
      },
    },
  };
  const claims = pod.data.map((_, index) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: `${pod.name}-data-${index}`, labels: labels(pod.name, pod.app) },
    spec: CLAIM,
  }));
  const jobs = plan.schedules.map((schedule, index) => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: names[index], labels: labels(pod.name, pod.app) },
    spec: { schedule, ...spec },
  }));
  return [...claims, ...jobs];
}

/** The ports by which others reach the pod. A StatefulSet has one even without ports. */
export function service({ name, app, ports, data }: PodFacts): Manifest | undefined {
  if (ports.length === 0 && data.length === 0) return undefined;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels: labels(name, app) },
    spec: {
      selector: labels(name, app),
      ...(ports.length === 0
        ? { clusterIP: "None" }
        : { ports: ports.map((port) => ({ name: `port-${port}`, port, targetPort: port })) }),
    },
  };
}

function labels(name: string, app: string): Manifest {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": app };
}

function podTemplate(pod: PodFacts): Manifest {
  const { name, app, image, roots, hash, waits, job } = pod;
  const until = job === undefined ? [] : roots.map((root) => `--exit-with=${root}`);
  const initContainers = waits.map((address, index) => ({
    name: `wait-${index}`,
    image,
    command: ["/usr/bin/dinit", "wait-for", address],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  }));
  return {
    metadata: { labels: labels(name, app), annotations: { "dinit/descriptions": hash } },
    spec: {
      ...(job === undefined ? {} : { restartPolicy: "Never" }),
      terminationGracePeriodSeconds: pod.gracePeriod,
      ...(waits.length === 0 ? {} : { initContainers }),
      containers: [{
        name: "dinit",
        image,
        command: ["/usr/bin/dinit", "--container", ...until, "--services-dir", FOLDER, ...roots],
        ...(pod.ports.length === 0 ? {} : { ports: pod.ports.map((containerPort) => ({ containerPort })) }),
        ...(job === undefined ? probes(pod) : {}),
        ...resources(pod),
        securityContext: securityContext(pod),
        volumeMounts: [
          { name: "services", mountPath: FOLDER, readOnly: true },
          ...pod.data.map((mountPath, index) => ({ name: `data-${index}`, mountPath })),
        ],
      }],
      volumes: [{ name: "services", projected: { sources: sources(pod) } }, ...claimedVolumes(pod)],
    },
  };
}

/** The volumes of a job's data. A StatefulSet has its own claims. */
function claimedVolumes({ name, data, job }: PodFacts): Manifest[] {
  if (job === undefined) return [];
  return data.map((_, index) => ({
    name: `data-${index}`,
    persistentVolumeClaim: { claimName: `${name}-data-${index}` },
  }));
}

/** The descriptions, and beside them the files of variables, which a Secret holds. */
function sources({ name, items, secrets }: PodFacts): Manifest[] {
  const secret = { name: `${name}-environment`, items: secrets };
  return [{ configMap: { name: `${name}-services`, items } }, ...(secrets.length === 0 ? [] : [{ secret }])];
}

/** The tool asks the daemon of the container. A service that fails is restarted inside, not by the kubelet. */
function probes({ roots, hasChecks }: PodFacts): Manifest {
  const started = [DINITCTL, "is-started", ...roots];
  return {
    startupProbe: { exec: { command: started }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 150 },
    readinessProbe: {
      exec: { command: hasChecks ? [DINITCTL, "health"] : started },
      periodSeconds: 10,
      timeoutSeconds: 5,
    },
    livenessProbe: { exec: { command: [DINITCTL, "list"] }, periodSeconds: 10, timeoutSeconds: 5 },
  };
}

function resources({ memory, processors }: PodFacts): Manifest {
  const limits = {
    ...(memory === undefined ? {} : { memory: String(memory) }),
    ...(processors === undefined ? {} : { cpu: `${Math.ceil(processors * 1000)}m` }),
  };
  return Object.keys(limits).length === 0 ? {} : { resources: { limits } };
}

function securityContext({ capabilities, noNewPrivileges }: PodFacts): Manifest {
  return {
    ...(noNewPrivileges ? { allowPrivilegeEscalation: false } : {}),
    capabilities: { drop: ["ALL"], ...(capabilities.length === 0 ? {} : { add: capabilities }) },
  };
}
