/** Measures what services cost, for `status --figures` and `top --once`. */

import { FiguresReader, type FiguresReading, type FiguresSubject } from "../../insight/mod.ts";
import { ctlFailure, type ToolFailure } from "../shared/failure.ts";

/** Between two looks at the processes, in milliseconds: the kernel counts processor time in steps of 10 ms. */
const INTERVAL = 500;

/** The figures of services, with the use of processors during half a second. Rejects with `ToolFailure`. */
export async function measure(
  services: readonly FiguresSubject[],
  daemon: number | undefined,
): Promise<FiguresReading> {
  const reader = new FiguresReader();
  if (reader.read(services, daemon).seen === 0) throw unseen();
  await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  return reader.read(services, daemon);
}

/** The processes of the machine cannot be seen. */
export function unseen(): ToolFailure {
  return ctlFailure("cannot look at the processes in /proc: it needs all permissions (grant --allow-all)");
}
