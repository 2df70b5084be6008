import type { Probe, ProbeResult } from "../host/mod.ts";
import type { HealthSettings } from "../model/mod.ts";
import type { Check } from "./check.ts";

/** What performs checks in another process. */
export interface CheckProber {
  probe(probe: Probe, signal: AbortSignal): Promise<ProbeResult>;
}

/** `health-http` or `health-tcp` with the name of a host or TLS. Another process performs it. */
export function probeCheck(
  { http, tcp, timeout: limit }: HealthSettings,
  prober: () => Promise<CheckProber>,
): Check {
  const probe = http === ""
    ? { way: "tcp", target: tcp, limit } as const
    : { way: "http", target: http, limit } as const;
  return {
    what: http === "" ? `connect to ${tcp}` : `GET ${http}`,
    keepsLimit: true,
    async run(signal) {
      const { healthy, how } = await (await prober()).probe(probe, signal);
      return { healthy, how };
    },
  };
}
