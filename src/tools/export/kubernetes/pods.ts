/** Which services are in which pod. */

import { DependencyKind, ServiceType } from "../../../model/mod.ts";
import { FreeNames } from "../../shared/free_names.ts";
import type { ExportRequest } from "../request.ts";
import { type ExportedService, ExportError, relatedTo, type ServiceSet } from "../service_set.ts";
import { type CronJobPlan, cronJobPlan } from "./cron_job.ts";

/** The services of one pod. */
export interface Pod {
  /** The name of its objects. */
  readonly name: string;
  /** The service that was split off; `undefined` for the pod of all others. */
  readonly root: string | undefined;
  readonly members: readonly ExportedService[];
  /** For the pod of a scheduled service; `undefined` for a pod that always runs. */
  readonly job: PodJob | undefined;
}

/** The scheduled service that a pod runs. */
export interface PodJob {
  readonly service: ExportedService;
  readonly plan: CronJobPlan;
  /** The names of the CronJobs, one for each expression of the plan. */
  readonly names: readonly string[];
}

/** Longer names leave no room for what the cluster adds to those of a CronJob or StatefulSet: 52 characters, less a number. */
const LONGEST_NAME = 48;

/** One pod for all; one more for each service of `--split`; with `--split-jobs` one more for each scheduled service. */
export function podsOf(set: ServiceSet, { name, split, splitJobs }: ExportRequest): Pod[] {
  for (const root of split) {
    if (!set.has(root)) {
      throw new ExportError(`Cannot split off '${root}': it is not among the exported services`);
    }
  }
  const plans = new Map<string, CronJobPlan>();
  for (const service of splitJobs ? set.values() : []) {
    const plan = service.description.type === ServiceType.SCHEDULED ? cronJobPlan(service) : undefined;
    if (plan !== undefined) plans.set(service.name, plan);
  }
  const roots = new Set([...plans.keys(), ...split]);
  const owners = ownersOf(roots, set);
  const names = new FreeNames();
  const main = [...set.values()].filter((service) => !owners.has(service.name));
  const pods: Pod[] = main.length === 0
    ? []
    : [{ name: names.claim(name), root: undefined, members: main, job: undefined }];
  for (const root of roots) {
    const members = [...set.values()].filter((service) => owners.get(service.name) === root);
    const pod = names.claim(objectName(`${name}-${root}`));
    const [service, plan] = [set.get(root), plans.get(root)];
    if (service === undefined || plan === undefined) pods.push({ name: pod, root, members, job: undefined });
    else {
      const others = plan.schedules.slice(1).map(() => names.claim(pod));
      pods.push({ name: pod, root, members, job: { service, plan, names: [pod, ...others] } });
    }
  }
  return pods;
}

/** The root of each service that has left the main pod: with a service goes what prepares it or reads its output. */
function ownersOf(roots: ReadonlySet<string>, set: ServiceSet): Map<string, string> {
  const owners = new Map<string, string>();
  for (const root of roots) {
    const waiting = [root];
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const found = set.get(one);
      const isOther = one !== root && roots.has(one);
      if (found === undefined || owners.has(one) || isOther) continue;
      owners.set(one, root);
      waiting.push(...relatedTo(found, set, DependencyKind.PREPARED_BY));
      for (const { name, description } of set.values()) {
        if (description.consumerOf === one) waiting.push(name);
      }
    }
  }
  return owners;
}

/** Names of objects have lower-case letters, digits and dashes. */
function objectName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-").slice(0, LONGEST_NAME).replace(/-+$/, "");
}
