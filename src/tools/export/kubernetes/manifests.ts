/** The objects of Kubernetes, as plain data. Pure functions. */

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
  /** The files of variables: relative paths in the folder of descriptions. */
  readonly secrets: readonly string[];
  /** Where this pod waits before it starts: `tcp:HOST:PORT`. */
  readonly waits: readonly string[];
}

/** Where the descriptions are in a container. */
const FOLDER = "/etc/dinit.d";
/** The path of the tool in the image. */
const DINITCTL = "/usr/bin/dinitctl";

/** The configuration with the descriptions. */
export function configMap({ name, app, texts }: PodFacts): Manifest {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `${name}-services`, labels: labels(name, app) },
    data: texts,
  };
}

/** A Deployment, or a StatefulSet for services that keep data. */
export function workload(pod: PodFacts): Manifest {
  const { name, app, data } = pod;
  const common = { replicas: 1, selector: { matchLabels: labels(name, app) }, template: podTemplate(pod) };
  const metadata = { name, labels: labels(name, app) };
  if (data.length === 0) return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: common };
  const claims = data.map((_, index) => ({
    metadata: { name: `data-${index}` },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  }));
  const spec = { ...common, serviceName: name, volumeClaimTemplates: claims };
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata, spec };
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
  const { name, app, image, roots, hash, waits } = pod;
  const initContainers = waits.map((address, index) => ({
    name: `wait-${index}`,
    image,
    command: ["/usr/bin/dinit", "wait-for", address],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  }));
  return {
    metadata: { labels: labels(name, app), annotations: { "dinit/descriptions": hash } },
    spec: {
      terminationGracePeriodSeconds: pod.gracePeriod,
      ...(waits.length === 0 ? {} : { initContainers }),
      containers: [{
        name: "dinit",
        image,
        command: ["/usr/bin/dinit", "--container", "--services-dir", FOLDER, ...roots],
        ...(pod.ports.length === 0 ? {} : { ports: pod.ports.map((containerPort) => ({ containerPort })) }),
        ...probes(pod),
        ...resources(pod),
        securityContext: securityContext(pod),
        volumeMounts: [
          { name: "services", mountPath: FOLDER, readOnly: true },
          ...pod.data.map((mountPath, index) => ({ name: `data-${index}`, mountPath })),
        ],
      }],
      volumes: [{ name: "services", projected: { sources: sources(pod) } }],
    },
  };
}

/** The descriptions, and beside them the files of variables, which a Secret holds. */
function sources({ name, items, secrets }: PodFacts): Manifest[] {
  const secret = {
    name: `${name}-environment`,
    items: secrets.map((path) => ({ key: path.replaceAll("/", "."), path })),
  };
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
