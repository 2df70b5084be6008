/** The options of `dinit lease`, one row each. */

import { parseDuration } from "../description/text/units.ts";
import type { Option } from "./option.ts";

/** Which lease to hold, and what runs meanwhile. */
export interface LeaseOptions {
  help: boolean;
  /** The addresses of etcd's servers; empty: not etcd. */
  etcd: string[];
  /** The address of the API of Kubernetes, or empty for that of the cluster; `undefined`: not Kubernetes. */
  kubernetes: string | undefined;
  /** @default that of the service account, or `default` */
  namespace: string | undefined;
  name: string | undefined;
  service: string | undefined;
  /** In milliseconds. */
  ttl: number;
  /** @default the name of the machine, and a number */
  identity: string | undefined;
  socketPath: string | undefined;
}

/** All options, in the order of the help text. */
export const DINIT_LEASE_OPTIONS: readonly Option<LeaseOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  {
    long: "--etcd",
    assignable: true,
    value: {
      name: "URL[,URL...]",
      pattern: /^https?:\/\/[^,\s]+(,https?:\/\/[^,\s]+)*$/,
      missing: "--etcd should be followed by the addresses of etcd, such as http://10.0.0.1:2379",
    },
    help: "hold the lease in etcd, at these servers",
    apply: (o, value) => o.etcd.push(...value.split(",")),
  },
  {
    long: "--kubernetes",
    assignable: true,
    value: {
      name: "URL",
      omissible: true,
      pattern: /^https?:\/\/\S+$/,
      missing: "--kubernetes= should be followed by the address of the API, or stand alone",
    },
    help: "hold the lease in Kubernetes; without a URL in the cluster that this runs in",
    apply: (o, value) => o.kubernetes = value.replace(/\/+$/, ""),
  },
  {
    long: "--namespace",
    assignable: true,
    value: { name: "NAME", pattern: /^[a-z0-9-]+$/, missing: "--namespace should be followed by a name" },
    help: "with --kubernetes, the namespace; the default is the one that this runs in",
    apply: (o, value) => o.namespace = value,
  },
  {
    long: "--name",
    assignable: true,
    value: {
      name: "NAME",
      pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      missing: "--name should be followed by a name of letters, digits, '.', '_' and '-'",
    },
    help: "the name of the lease, the same on all machines",
    apply: (o, value) => o.name = value,
  },
  {
    long: "--service",
    assignable: true,
    value: {
      name: "SERVICE",
      kind: "service",
      missing: "--service should be followed by the name of a service",
    },
    help: "a service of the type triggered, which runs while the lease is held",
    apply: (o, value) => o.service = value,
  },
  {
    long: "--ttl",
    assignable: true,
    value: {
      name: "DURATION",
      pattern: /^\d{1,6}(ms|s|m|h)?$/,
      missing: "--ttl should be followed by a duration such as 15s",
    },
    help: "how long the lease lasts without a renewal; the default is 15s, the least 3s",
    apply: (o, value) => o.ttl = parseDuration(value),
  },
  {
    long: "--identity",
    assignable: true,
    value: { name: "TEXT", missing: "--identity should be followed by a text" },
    help: "who this is, for people; the default is the name of the machine, and a number",
    apply: (o, value) => o.identity = value,
  },
  {
    long: "--socket-path",
    short: "-p",
    assignable: true,
    value: { name: "PATH", kind: "file", missing: "--socket-path/-p should be followed by socket path" },
    help: "the control socket; the default is the same as for dinitctl",
    apply: (o, value) => o.socketPath = value,
  },
];

/** The values for a command line without options. */
export function defaultLeaseOptions(): LeaseOptions {
  return {
    help: false,
    etcd: [],
    kubernetes: undefined,
    namespace: undefined,
    name: undefined,
    service: undefined,
    ttl: 15_000,
    identity: undefined,
    socketPath: undefined,
  };
}
