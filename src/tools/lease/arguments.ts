/** Reads the command line of `dinit lease`. */

import { defaultLeaseOptions, DINIT_LEASE_OPTIONS, type LeaseOptions } from "../../options/dinit_lease.ts";
import { scan } from "../../options/mod.ts";

/** In milliseconds: etcd counts in seconds, and three renewals must fit. */
const SHORTEST_TTL = 3000;

/** The command line is wrong. The message is complete. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(message: string) {
    super(`dinit lease: ${message} (use --help for help)`);
  }
}

/** A complete command line. */
export type CompleteOptions = LeaseOptions & { readonly name: string; readonly service: string };

/** Scans the arguments, up to `--help`: `undefined`. Throws `UsageError`. */
export function scanLeaseArguments(args: readonly string[]): CompleteOptions | undefined {
  const options = defaultLeaseOptions();
  scan(args, options, {
    options: DINIT_LEASE_OPTIONS,
    word(word) {
      throw new UsageError(`unexpected argument: ${word}`);
    },
    unknown(arg) {
      throw new UsageError(`unknown option: ${arg}`);
    },
    refused: ({ option }) => new UsageError(option.value?.missing ?? `${option.long} takes no value`),
  });
  if (options.help) return undefined;
  const { name, service, etcd, kubernetes, ttl } = options;
  if ((etcd.length > 0) === (kubernetes !== undefined)) {
    throw new UsageError("exactly one of --etcd and --kubernetes is needed");
  }
  if (name === undefined) throw new UsageError("--name is missing: the name of the lease");
  if (service === undefined) throw new UsageError("--service is missing: the service that runs meanwhile");
  if (ttl < SHORTEST_TTL) throw new UsageError(`--ttl must be at least ${SHORTEST_TTL / 1000}s`);
  return { ...options, name, service };
}
