/** A lease in Kubernetes, with a server that behaves like its API. */

import { assertEquals, assertRejects } from "@std/assert";
import { CoordinatorError } from "../../../src/tools/lease/coordinator.ts";
import { KubernetesLease } from "../../../src/tools/lease/kubernetes.ts";

const PATH = "/apis/coordination.k8s.io/v1/namespaces/here/leases";

/** The objects of one namespace, with optimistic locking. */
class Api implements AsyncDisposable {
  readonly objects = new Map<string, { metadata: Record<string, string>; spec: Record<string, unknown> }>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** How many of the next changes come too late. */
  conflicts = 0;
  #version = 0;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.headers.get("authorization") !== "Bearer secret") {
      return Response.json({ message: "Unauthorized" }, { status: 401 });
    }
    const name = pathname.slice(PATH.length + 1);
    const known = this.objects.get(name);
    if (request.method === "GET") {
      return known === undefined
        ? Response.json({ message: "not found" }, { status: 404 })
        : Response.json(known);
    }
    const sent = await request.json();
    const isLate = request.method === "POST"
      ? this.objects.has(sent.metadata.name)
      : this.conflicts-- > 0 || known?.metadata.resourceVersion !== sent.metadata.resourceVersion;
    if (isLate) return Response.json({ message: "the object has been modified" }, { status: 409 });
    sent.metadata.resourceVersion = String(++this.#version);
    this.objects.set(sent.metadata.name, sent);
    return Response.json(sent);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Two machines that want the same lease, and their time. */
function machines(api: Api, bearer = "secret") {
  const time = { now: 0 };
  const [a, b] = ["a", "b"].map((identity) =>
    new KubernetesLease({
      url: api.url,
      namespace: "here",
      bearer: () => bearer,
      name: "web",
      identity,
      ttl: 10_000,
      limit: 30_000,
      now: () => time.now,
    })
  );
  return { a, b, time };
}

Deno.test("one of two machines gets the lease, and the other one when it is over", async () => {
  await using api = new Api();
  const { a, b, time } = machines(api);
  assertEquals(await a.acquire(), { ttl: 10_000, token: "0" });
  assertEquals(await b.acquire(), undefined);
  time.now = 9_000;
  assertEquals([await a.renew(), await b.acquire()], [true, undefined]);
  time.now = 18_900; // less than its duration after the change that b has seen
  assertEquals(await b.acquire(), undefined);
  time.now = 19_000;
  assertEquals(await b.acquire(), { ttl: 10_000, token: "1" });
  assertEquals([await a.renew(), await b.renew()], [false, true]);
});

Deno.test("a lease that is given back is free at once", async () => {
  await using api = new Api();
  const { a, b } = machines(api);
  await a.acquire();
  await a.release();
  assertEquals(await b.acquire(), { ttl: 10_000, token: "1" });
});

Deno.test("a change of another part of the object does not lose the lease", async () => {
  await using api = new Api();
  const { a } = machines(api);
  await a.acquire();
  api.conflicts = 2;
  assertEquals(await a.renew(), true);
});

Deno.test("a refusal of the API is an error with its reason", async () => {
  await using api = new Api();
  const { a } = machines(api, "wrong");
  const error = await assertRejects(() => a.acquire(), CoordinatorError);
  assertEquals(error.message, `${api.url}: the lease web: status 401: Unauthorized`);
});
