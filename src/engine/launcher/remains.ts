/**
 * What an ended main process has left (`kill-mode`): its service counts as running until that has ended, too. An addition
 * to the reference, in which a service ends with its main process.
 */

import { processKind, Signal } from "../../model/mod.ts";
import type { FactReporter } from "../facts.ts";
import type { ProcessHost } from "../ports.ts";
import { endsRemains, type ServiceRecord } from "../graph/record.ts";

/** The main process of a service is about to be forgotten: notes what identifies the processes that it leaves. */
export function noteRemains(host: ProcessHost, service: ServiceRecord, pid: number | undefined): void {
  const { type, description, process } = service;
  if (description.killMode === "process" || processKind(type) === "script" || pid === undefined) return;
  const remains = host.remainsOf?.(pid);
  process.remains = remains === undefined ? undefined : { ...remains, signal: 0 };
}

/** Asks what is left to end. False: there is nothing to wait for. */
export function endRemains(host: ProcessHost, service: ServiceRecord): boolean {
  return signalRemains(host, service, Signal.TERM);
}

/** Kills what is left, or, while the main process runs, everything that `kill-mode` means. */
export function killRemains(
  { host, reporter }: { readonly host: ProcessHost; readonly reporter: FactReporter },
  service: ServiceRecord,
): void {
  const { process, description } = service;
  if (endsRemains(process)) {
    reporter.report(service, { kind: "stop-overdue", role: "remains", pid: undefined });
    signalRemains(host, service, Signal.KILL);
  } else if (description.killMode !== "process" && process.main.pid !== undefined && !process.main.foreign) {
    const all = host.remainsOf?.(process.main.pid);
    if (all !== undefined) host.endRemains?.(service, all, Signal.KILL);
  }
}

/** After a restore: the host must learn again what is being ended. False: this host cannot end it. */
export function continueRemains(host: ProcessHost, service: ServiceRecord): boolean {
  return signalRemains(host, service, service.process.remains?.signal ?? 0);
}

function signalRemains(host: ProcessHost, service: ServiceRecord, signal: number): boolean {
  const { process } = service;
  if (process.remains === undefined || host.endRemains === undefined) return false;
  const { signal: _before, ...remains } = process.remains;
  process.remains = { ...remains, signal };
  host.endRemains(service, remains, signal);
  return true;
}
