/** Checks objects of Kubernetes: against the published schemas, and against rules of the server that no schema has. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { validate as configMap } from "kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap";
import { validate as cronJob } from "kubernetes-models/_schemas/IoK8sApiBatchV1CronJob";
import { validate as deployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { validate as claim } from "kubernetes-models/_schemas/IoK8sApiCoreV1PersistentVolumeClaim";
import { validate as service } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { validate as statefulSet } from "kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet";
import type { KubernetesObject } from "./_export.ts";

type Validate = ((data: unknown) => boolean) & { errors?: unknown };

/** What checks each kind, and how long its name may be. */
const KINDS: Readonly<Record<string, readonly [validate: Validate, longestName: number]>> = {
  ConfigMap: [configMap, 253],
  CronJob: [cronJob, 52],
  Deployment: [deployment, 63],
  PersistentVolumeClaim: [claim, 253],
  Service: [service, 63],
  StatefulSet: [statefulSet, 52],
};

/** Asserts that the server would take all objects, and that they fit together. */
export function assertAccepted(objects: ReadonlyMap<string, KubernetesObject>): void {
  for (const [title, object] of objects) {
    const [validate, longestName] = KINDS[object.kind];
    const unread = new Set<string>();
    const isValid = validate(watched(object, "", unread));
    assertEquals([isValid, validate.errors ?? null, [...unread]], [true, null, []], title);
    assertMatch(object.metadata.name, /^[a-z]([a-z0-9-]*[a-z0-9])?$/);
    assert(object.metadata.name.length <= longestName, title);
    for (const value of Object.values(object.metadata.labels as Record<string, string>)) {
      assertMatch(value, /^[a-z0-9]([a-zA-Z0-9._-]{0,61}[a-z0-9])?$/);
    }
    if (object.kind === "ConfigMap") assertKeys(object);
    const template = object.spec?.template ?? object.spec?.jobTemplate?.spec.template;
    if (template !== undefined) assertPod(object, template.spec, objects);
    if (object.kind === "Service") {
      assertDistinct((object.spec.ports ?? []).map(({ name }: { name: string }) => name));
    }
  }
}

/**
 * The schemas allow unknown fields, which the server refuses or drops. The validators read every field that they know,
 * so what remains in `unread` is unknown to them.
 */
function watched(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  for (const [key, inner] of Object.entries(value)) {
    const place = `${path}/${key}`;
    unread.add(place);
    Reflect.set(copy, key, watched(inner, place, unread));
  }
  return new Proxy(copy, {
    get(target, key, receiver) {
      unread.delete(`${path}/${String(key)}`);
      return Reflect.get(target, key, receiver);
    },
  });
}

function assertKeys({ data, binaryData = {} }: KubernetesObject): void {
  for (const key of [...Object.keys(data), ...Object.keys(binaryData)]) {
    assertMatch(key, /^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/);
  }
  assertEquals(Object.keys(data).filter((key) => key in binaryData), []);
}

function assertPod(
  { kind, spec: { volumeClaimTemplates = [] } }: KubernetesObject,
  { containers: [container], volumes, terminationGracePeriodSeconds: seconds, restartPolicy }:
    KubernetesObject,
  objects: ReadonlyMap<string, KubernetesObject>,
): void {
  assert(Number.isSafeInteger(seconds) && seconds >= 0);
  assertEquals(restartPolicy, kind === "CronJob" ? "Never" : undefined);
  const names = [...volumes.map(({ name }: { name: string }) => name), ...claimNames(volumeClaimTemplates)];
  assertEquals(names.toSorted(), container.volumeMounts.map(({ name }: { name: string }) => name).toSorted());
  assertDistinct(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath));
  assertDistinct(
    (container.ports ?? []).map(({ containerPort }: { containerPort: number }) => containerPort),
  );
  const [{ configMap: { name, items } }, secret] = volumes[0].projected.sources;
  const { data, binaryData = {} } = objects.get(`ConfigMap ${name}`);
  assertEquals(
    items.map(({ key }: { key: string }) => key).toSorted(),
    [...Object.keys(data), ...Object.keys(binaryData)].toSorted(),
  );
  const places = [...items, ...secret?.secret.items ?? []].map(({ path }: { path: string }) => path);
  assertDistinct(places);
  for (const place of places) assert(!place.startsWith("/") && !place.split("/").includes(".."), place);
  for (const { persistentVolumeClaim } of volumes) {
    if (persistentVolumeClaim) {
      assert(objects.has(`PersistentVolumeClaim ${persistentVolumeClaim.claimName}`));
    }
  }
}

function claimNames(templates: readonly { metadata: { name: string } }[]): string[] {
  return templates.map(({ metadata: { name } }) => name);
}

function assertDistinct(values: readonly unknown[]): void {
  assertEquals(values.length, new Set(values).size, String(values));
}
