/** The help text of `dinit lease`. */

import { DINIT_LEASE_OPTIONS } from "./dinit_lease.ts";
import { optionColumns } from "./text.ts";

/** What the program does, in paragraphs. */
export const LEASE_DESCRIPTION: readonly string[] = [
  "Has a service run on exactly one of several machines. It takes a lease in etcd or Kubernetes, triggers the service " +
  "while it holds the lease, and stops the service, with everything that depends on it, before another machine can get " +
  "the lease.",
  "Services find a number in the variable DINIT_LEASE_NAME (with the name of the lease) that grows with each holder. A store can refuse the orders of " +
  "an earlier holder by it.",
];

/** The whole text, with a newline at its end. */
export function leaseHelp(): string {
  return [
    "dinit lease: keep a service running on exactly one of several machines",
    "",
    "Usage:",
    "    dinit lease --etcd=URL --name=NAME --service=SERVICE [options]",
    "    dinit lease --kubernetes --name=NAME --service=SERVICE [options]",
    "",
    "Options:",
    ...optionColumns(DINIT_LEASE_OPTIONS),
    "",
    "TERM stops the service, gives the lease back, and ends.",
    "",
  ].join("\n");
}
