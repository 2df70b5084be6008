/** A lease in Kubernetes: an object of the kind Lease, which its holder renews. */

import { askJson, type Coordinator, CoordinatorError, fieldOf, type Held } from "./coordinator.ts";

/** How often to write an object that others change at the same time. */
const TRIES = 3;

/** Which lease, and where. */
export interface KubernetesOptions {
  /** The address of the API, without a path. */
  readonly url: string;
  readonly namespace: string;
  /** Reads the token of the service account; it changes from time to time. `undefined`: none is sent. */
  readonly bearer: () => string | undefined;
  /** Trusts the certificate of the cluster. @default the runtime's certificates */
  readonly client?: Deno.HttpClient;
  readonly name: string;
  readonly identity: string;
  /** In milliseconds; Kubernetes counts in whole seconds. */
  readonly ttl: number;
  /** How long to wait for one answer, in milliseconds. */
  readonly limit: number;
  /** A time in milliseconds that also goes on while the machine is suspended. */
  readonly now: () => number;
}

interface LeaseObject {
  readonly metadata: { readonly resourceVersion?: string };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** A lease in Kubernetes. */
export class KubernetesLease implements Coordinator {
  readonly #options: KubernetesOptions;
  readonly #seconds: number;
  /** What was seen last of another holder, and when: its clock may be wrong, so only changes count. */
  #seen: { readonly renewal: string; readonly at: number } | undefined;
  #transitions = 0;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    this.#seconds = Math.ceil(options.ttl / 1000);
  }

  async acquire(): Promise<Held | undefined> {
    const { identity } = this.#options;
    const found = await this.#read();
    if (found === undefined) {
      this.#transitions = 0;
      if (!await this.#write("POST", undefined)) return undefined;
    } else {
      const { holderIdentity = "", leaseTransitions = 0 } = found.spec ?? {};
      if (holderIdentity !== "" && holderIdentity !== identity && !this.#isOver(found)) return undefined;
      this.#transitions = leaseTransitions + 1;
      if (!await this.#write("PUT", found)) return undefined;
    }
    this.#seen = undefined;
    return { ttl: this.#seconds * 1000, token: String(this.#transitions) };
  }

  async renew(): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await this.#read();
      if (found?.spec?.holderIdentity !== this.#options.identity) return false;
      if ((found.spec.leaseTransitions ?? 0) !== this.#transitions) return false;
      if (await this.#write("PUT", found)) return true; // otherwise somebody has changed another part of the object
    }
    return false;
  }

  async release(): Promise<void> {
    const found = await this.#read();
    if (found?.spec?.holderIdentity !== this.#options.identity) return;
    await this.#write("PUT", found, "");
  }

  /** Whether the other holder has not renewed it for as long as it lasts, since this machine looks. */
  #isOver({ metadata, spec }: LeaseObject): boolean {
    const now = this.#options.now();
    const renewal = `${spec?.holderIdentity} ${spec?.renewTime} ${metadata.resourceVersion}`;
    if (this.#seen?.renewal !== renewal) this.#seen = { renewal, at: now };
    return now - this.#seen.at >= (spec?.leaseDurationSeconds ?? this.#seconds) * 1000;
  }

  async #read(): Promise<LeaseObject | undefined> {
    const { status, body } = await this.#ask("GET", this.#options.name);
    if (status === 404) return undefined;
    if (status !== 200) throw this.#refused(status, body);
    return body as LeaseObject; // the API has this form
  }

  /** False: another machine was faster. */
  async #write(method: "POST" | "PUT", found: LeaseObject | undefined, holder?: string): Promise<boolean> {
    const { name, namespace, identity } = this.#options;
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace, ...found?.metadata },
      spec: {
        ...found?.spec,
        holderIdentity: holder ?? identity,
        leaseDurationSeconds: this.#seconds,
        renewTime: new Date().toISOString().replace("Z", "000Z"), // six digits
        leaseTransitions: this.#transitions,
      },
    };
    const { status, body } = await this.#ask(method, method === "PUT" ? name : "", lease);
    if (status === 409) return false;
    if (status !== 200 && status !== 201) throw this.#refused(status, body);
    return true;
  }

  async #ask(method: string, name: string, document?: unknown) {
    const { url, namespace, bearer, client, limit } = this.#options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
    const token = bearer();
    const headers = {
      "Content-Type": "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const init = { method, headers, ...(client && { client }) };
    const body = document === undefined ? {} : { body: JSON.stringify(document) };
    return await askJson(
      `${url}${path}${name && `/${encodeURIComponent(name)}`}`,
      { ...init, ...body },
      limit,
    );
  }

  #refused(status: number, body: unknown): CoordinatorError {
    const { url, name } = this.#options;
    const reason = String(fieldOf(body, "message") ?? "");
    return new CoordinatorError(`${url}: the lease ${name}: status ${status}${reason && `: ${reason}`}`);
  }
}
