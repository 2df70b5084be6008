/** The metrics of a daemon and its services. */

import { type KnownService, type KnownSystem, serviceInfo } from "../../client/steps.ts";
import type { FiguresReading } from "../../insight/mod.ts";
import type { ServiceTimes, TimerDocument } from "../../model/mod.ts";
import { type Family, METRIC_FORMATS, metricsText, preferredFormat, type Sample } from "./metric_families.ts";
import { RequestFailure } from "./failure.ts";
import { requestFailure } from "./request_errors.ts";
import type { WebSources } from "./route.ts";

/** What metrics are made from. */
export interface MetricFacts {
  readonly system: KnownSystem;
  readonly times: readonly ServiceTimes[];
  readonly figures: FiguresReading;
  /** How many facts of each kind there were since this program began to listen. */
  readonly events: ReadonlyMap<string, number>;
}

const STATES = ["stopped", "starting", "started", "stopping", "failed"] as const;

/** Answers with the metrics. A daemon that cannot be reached is a metric, too: `dinit_up` is 0. */
export async function metricsAnswer(sources: WebSources, accept: string | null): Promise<Response> {
  const format = preferredFormat(accept);
  let families: Family[];
  try {
    const { control } = sources.connection();
    const [system, times] = await Promise.all([sources.snapshot(), control.query("times")]);
    families = metricFamilies({
      system,
      times: Array.isArray(times) ? times as ServiceTimes[] : [], // the daemon's own document
      figures: sources.figures(system),
      events: sources.events.counts,
    });
  } catch (error) {
    const failure = requestFailure(error);
    if (!(failure instanceof RequestFailure) || failure.status !== 503) throw error;
    families = [up(0)];
  }
  return new Response(metricsText(families, format), { headers: { "content-type": METRIC_FORMATS[format] } });
}

/** All families. */
export function metricFamilies(facts: MetricFacts): Family[] {
  return [
    up(1),
    ...daemonFamilies(facts),
    ...serviceFamilies(facts),
    ...scheduleFamilies(facts),
    ...costFamilies(facts),
  ];
}

function up(value: number): Family {
  const help = "Whether the daemon can be reached (1) or not (0).";
  return { name: "dinit_up", type: "gauge", help, samples: [{ labels: {}, value }] };
}

function daemonFamilies({ system: { daemon, services }, figures, events }: MetricFacts): Family[] {
  const gauge = (name: string, help: string, value: number | undefined, unit?: Family["unit"]): Family => ({
    name,
    type: "gauge",
    help,
    samples: value === undefined ? [] : [{ labels: {}, value }],
    ...(unit === undefined ? {} : { unit }),
  });
  return [
    {
      name: "dinit_daemon",
      type: "info",
      help: "The version of the daemon, and the release of dinit that it is compatible with; always 1.",
      samples: daemon === undefined ? [] : [{
        labels: { version: daemon.version, compatible_with: daemon.compatibleWith ?? "" },
        value: 1,
      }],
    },
    gauge(
      "dinit_daemon_uptime_seconds",
      "How long the daemon has run.",
      daemon && daemon.uptime / 1000,
      "seconds",
    ),
    gauge(
      "dinit_daemon_shutting_down",
      "Whether the daemon is stopping everything (1) or not (0).",
      daemon && Number(daemon.shuttingDown),
    ),
    gauge(
      "dinit_daemon_memory_bytes",
      "The memory that the daemon occupies.",
      figures.daemon?.memory,
      "bytes",
    ),
    {
      name: "dinit_daemon_cpu_seconds",
      type: "counter",
      unit: "seconds",
      help: "The processor time of the daemon.",
      samples: figures.daemon === undefined ? [] : [{ labels: {}, value: figures.daemon.cpuSeconds }],
    },
    gauge("dinit_services", "How many services are loaded.", services.length),
    {
      name: "dinit_events",
      type: "counter",
      help: "Facts of the daemon by kind, since this program began to listen; a gap counts once.",
      samples: Array.from(events, ([kind, value]) => ({ labels: { kind }, value })),
    },
  ];
}

function serviceFamilies({ system: { services }, times }: MetricFacts): Family[] {
  const of = (value: (service: KnownService) => number | undefined): Sample[] => samplesOf(services, value);
  return [
    {
      name: "dinit_service_state",
      type: "gauge",
      help: "1 for the state that the service is in, and 0 for the others; a failed service is also stopped.",
      samples: services.flatMap((service) => {
        const { state, failed } = serviceInfo(service);
        const isIn = (word: typeof STATES[number]) => word === state || (word === "failed" && failed);
        return STATES.map((word) => ({
          labels: { service: service.name, state: word },
          value: Number(isIn(word)),
        }));
      }),
    },
    {
      name: "dinit_service_wanted",
      type: "gauge",
      help: "Whether the service should be started (1) or stopped (0).",
      samples: of((service) => Number(serviceInfo(service).target === "started")),
    },
    {
      name: "dinit_service_state_timestamp_seconds",
      type: "gauge",
      unit: "seconds",
      help: "When the service entered its state, in seconds since 1970.",
      samples: of(({ since }) => since === undefined ? undefined : since / 1000),
    },
    {
      name: "dinit_service_restarts",
      type: "counter",
      help: "Automatic restarts since the service was loaded.",
      samples: of(({ restarts }) => restarts),
    },
    {
      name: "dinit_service_start_seconds",
      type: "gauge",
      unit: "seconds",
      help: "How long the last start took, from the end of the wait for dependencies.",
      samples: times.flatMap(({ name, asked, unblocked, ready }) =>
        ready === undefined
          ? []
          : [{ labels: { service: name }, value: Math.max(0, ready - (unblocked ?? asked)) / 1000 }]
      ),
    },
    {
      name: "dinit_service_healthy",
      type: "gauge",
      help: "Whether the checks of the service pass (1) or not (0); absent while nothing is known.",
      samples: of(({ health }) =>
        health === undefined || health.verdict === "unknown"
          ? undefined
          : Number(health.verdict === "healthy")
      ),
    },
    {
      name: "dinit_service_last_exit_status",
      type: "gauge",
      help: "The exit status of the last process that has ended; absent if a signal ended it.",
      samples: of((service) => {
        const { exit } = serviceInfo(service);
        return exit?.how === "exited" ? exit.status : undefined;
      }),
    },
    {
      name: "dinit_service_last_exit_signal",
      type: "gauge",
      help: "The number of the signal that ended the last process.",
      samples: of((service) => {
        const { exit } = serviceInfo(service);
        return exit === undefined || exit.how === "exited" ? undefined : exit.status;
      }),
    },
  ];
}

function scheduleFamilies({ system: { services } }: MetricFacts): Family[] {
  const at = (value: (timer: TimerDocument) => number | undefined) =>
    samplesOf(services, ({ timer }) => {
      const time = timer && value(timer);
      return time === undefined ? undefined : time / 1000;
    });
  return [
    {
      name: "dinit_schedule_last_success_timestamp_seconds",
      type: "gauge",
      unit: "seconds",
      help: "When the last successful run of the scheduled service ended, in seconds since 1970.",
      samples: at(({ lastSuccess }) => lastSuccess),
    },
    {
      name: "dinit_schedule_last_run_timestamp_seconds",
      type: "gauge",
      unit: "seconds",
      help: "When the last run of the scheduled service ended, however it ended, in seconds since 1970.",
      samples: at(({ last }) => last && last.at + last.took),
    },
    {
      name: "dinit_schedule_next_run_timestamp_seconds",
      type: "gauge",
      unit: "seconds",
      help: "When the scheduled service runs next, in seconds since 1970.",
      samples: at(({ next }) => next),
    },
  ];
}

function costFamilies({ system: { services }, figures }: MetricFacts): Family[] {
  const cost = (key: "cpuSeconds" | "memory" | "processes") =>
    samplesOf(services, ({ name }) => figures.services.get(name)?.[key]);
  return [
    {
      name: "dinit_service_cpu_seconds",
      type: "counter",
      unit: "seconds",
      help: "The processor time of the processes of the service.",
      samples: cost("cpuSeconds"),
    },
    {
      name: "dinit_service_memory_bytes",
      type: "gauge",
      unit: "bytes",
      help: "The memory that the processes of the service occupy.",
      samples: cost("memory"),
    },
    {
      name: "dinit_service_processes",
      type: "gauge",
      help: "How many processes the service has.",
      samples: cost("processes"),
    },
  ];
}

function samplesOf(
  services: readonly KnownService[],
  value: (service: KnownService) => number | undefined,
): Sample[] {
  return services.flatMap((service) => {
    const number = value(service);
    return number === undefined ? [] : [{ labels: { service: service.name }, value: number }];
  });
}
