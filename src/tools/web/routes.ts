/** The table of paths. `openapi.ts` describes it to programs. */

import type { CommandOptions } from "../../client/library.ts";
import type { Graph } from "../../client/mod.ts";
import { readKnownSystem } from "../../client/steps.ts";
import {
  analyseStart,
  chartRows,
  phaseStep,
  readServiceLog,
  readStartRecords,
  type ServiceLog,
  startChart,
  type StartRecords,
  usualTarget,
} from "../../insight/mod.ts";
import { serviceTypeRow } from "../../model/mod.ts";
import { dependencyKindName } from "../../model/dependency_kinds.ts";
import { eventStream } from "./event_stream.ts";
import { notLoaded, RequestFailure } from "./failure.ts";
import { metricsAnswer } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { readinessOf } from "./readiness.ts";
import { isOn, numberOf, type Route, type RouteParameter, type RouteRequest } from "./route.ts";
import { serviceDocument } from "./service_documents.ts";

const API = "/api/v1";
const FIGURES: RouteParameter = {
  name: "figures",
  text: "1: with processor time, memory and the number of processes",
  type: "boolean",
};
const TARGET: RouteParameter = {
  name: "service",
  text: "the service whose start is explained; the default is boot",
  type: "string",
};
const COMMAND_PARAMETERS: readonly RouteParameter[] = [
  { name: "wait", text: "1: answer when the command has had its effect", type: "boolean" },
  { name: "pin", text: "1: pin the service in the new state", type: "boolean" },
];
const FORCE: RouteParameter = {
  name: "force",
  text: "1: also stop the services that need it",
  type: "boolean",
};

/** All paths except the files of the page. */
export const ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: `${API}/services`,
    summary: "the daemon and all loaded services",
    parameters: [FIGURES],
    async answer({ sources, query, readOnly }) {
      const system = await sources.snapshot();
      const figures = isOn(query, "figures") ? sources.figures(system) : undefined;
      const { daemon, services } = system;
      return {
        readOnly,
        ...(daemon === undefined
          ? {}
          : { daemon: { ...daemon, ...(figures?.daemon && { figures: figures.daemon }) } }),
        services: services.map((service) => serviceDocument(service, figures?.services.get(service.name))),
      };
    },
  },
  {
    method: "GET",
    path: `${API}/services/{name}`,
    summary: "one loaded service",
    parameters: [FIGURES],
    async answer({ sources, name, query }) {
      const system = await sources.snapshot();
      const service = system.services.find((one) => one.name === name);
      if (service === undefined) throw notLoaded();
      const figures = isOn(query, "figures") ? sources.figures(system) : undefined;
      return serviceDocument(service, figures?.services.get(name));
    },
  },
  command("start", "start a service", [], (service, options) => service.start(options)),
  command("stop", "stop a service", [FORCE], (service, options) => service.stop(options)),
  command(
    "restart",
    "stop a service and start it again",
    [FORCE],
    (service, options) => service.restart(options),
  ),
  {
    method: "POST",
    path: `${API}/services/{name}/trigger`,
    summary: "set the trigger of a triggered service",
    async answer(request) {
      await request.sources.connection().client.service(request.name).trigger();
      return await documentOf(request);
    },
  },
  {
    method: "GET",
    path: `${API}/figures`,
    summary: "what services with processes cost, by name",
    async answer({ sources }) {
      const { services, daemon } = sources.figures(await sources.snapshot());
      return { ...(daemon === undefined ? {} : { daemon }), services: Object.fromEntries(services) };
    },
  },
  {
    method: "GET",
    path: `${API}/graph`,
    summary: "all loaded services and what connects them",
    async answer({ sources }) {
      const graph = await sources.connection().control.query("graph") as Graph | undefined;
      if (graph === undefined) throw unsupported("this daemon does not provide the service graph");
      return {
        nodes: graph.nodes.map((node) => ({ name: node.name, type: serviceTypeRow(node.type)?.name })),
        edges: graph.edges.map(({ from, to, kind }) => ({ from, to, kind: dependencyKindName(kind) })),
      };
    },
  },
  {
    method: "GET",
    path: `${API}/times`,
    summary: "when services reached the steps of their last start, and what decided how long it took",
    parameters: [TARGET],
    async answer(request) {
      const { records, target } = await startOf(request);
      const start = target === undefined ? undefined : analyseStart(records, target, request.sources.now());
      return { times: records.times, ...(start === undefined ? {} : { start }) };
    },
  },
  {
    method: "GET",
    path: `${API}/chart.svg`,
    summary: "the same as a drawing",
    parameters: [TARGET, { name: "bare", text: "1: without a style", type: "boolean" }],
    type: "image/svg+xml",
    async answer(request) {
      const { records, target } = await startOf(request);
      const now = request.sources.now();
      const start = target === undefined ? undefined : analyseStart(records, target, now);
      if (start === undefined) throw new RequestFailure(404, "never-started", "nothing was ever started.");
      const options = { bare: isOn(request.query, "bare") };
      return textAnswer(startChart(start, chartRows(start, records.times, now), options), "image/svg+xml");
    },
  },
  {
    method: "GET",
    path: `${API}/health`,
    summary: "the health of the services that the daemon watches",
    async answer({ sources }) {
      const health = await sources.connection().control.query("health");
      if (health === undefined) throw unsupported("this daemon does not watch the health of services");
      return { health };
    },
  },
  {
    method: "GET",
    path: `${API}/logs`,
    summary: "the last lines of output of one service, or of all services that have a log",
    parameters: [
      { name: "service", text: "only this service", type: "string" },
      { name: "n", text: "how many lines of each, at most 10000; the default is 50", type: "integer" },
    ],
    async answer({ sources, query }) {
      const count = numberOf(query, "n", { least: 0, most: 10_000, other: 50 });
      const name = query.get("service");
      const { services } = await sources.snapshot();
      const wanted = name === null ? services : services.filter((service) => service.name === name);
      if (name !== null && wanted.length === 0) throw notLoaded();
      const logs: ServiceLog[] = [];
      for (const service of wanted) {
        const log = await readServiceLog(sources.connection().client, service, count);
        if (log !== undefined) logs.push(log);
      }
      if (name !== null && logs.length === 0) {
        throw new RequestFailure(404, "no-log", `service '${name}' has no log.`);
      }
      return { logs };
    },
  },
  {
    method: "GET",
    path: `${API}/events`,
    summary: "the facts of the daemon as server-sent events; Last-Event-ID continues an earlier stream",
    type: "text/event-stream",
    answer: ({ sources, headers }) =>
      textAnswer(
        eventStream(
          { log: sources.events, isConnected: () => sources.isConnected() },
          headers.get("last-event-id"),
        ),
        "text/event-stream",
      ),
  },
  {
    method: "GET",
    path: `${API}/openapi.json`,
    summary: "this description",
    answer: (): unknown => openApi(ROUTES),
  },
  {
    method: "GET",
    path: "/metrics",
    summary:
      "metrics in the format OpenMetrics, or in the older text format of Prometheus if the client asks for it",
    type: "application/openmetrics-text",
    answer: ({ sources, headers }) => metricsAnswer(sources, headers.get("accept")),
  },
  {
    method: "GET",
    path: "/healthz",
    summary: "whether all services have started and all checks pass; status 503 if not",
    isPublic: true,
    async answer({ sources }) {
      const readiness = readinessOf(await sources.snapshot());
      return new Response(`${JSON.stringify(readiness)}\n`, {
        status: readiness.ok ? 200 : 503,
        headers: { "content-type": "application/json" },
      });
    },
  },
];

type ServiceOf = ReturnType<ReturnType<RouteRequest["sources"]["connection"]>["client"]["service"]>;

function command(
  word: string,
  summary: string,
  parameters: readonly RouteParameter[],
  give: (service: ServiceOf, options: CommandOptions & { readonly force: boolean }) => Promise<unknown>,
): Route {
  return {
    method: "POST",
    path: `${API}/services/{name}/${word}`,
    summary,
    parameters: [...COMMAND_PARAMETERS, ...parameters],
    async answer(request) {
      const { sources, name, query } = request;
      const options = { wait: isOn(query, "wait"), pin: isOn(query, "pin"), force: isOn(query, "force") };
      await give(sources.connection().client.service(name), options);
      return await documentOf(request);
    },
  };
}

/** The service after a command. It may have been unloaded meanwhile. */
async function documentOf({ sources, name }: RouteRequest): Promise<unknown> {
  const { services } = await readKnownSystem(sources.connection().control);
  const service = services.find((one) => one.name === name);
  if (service === undefined) throw notLoaded();
  return serviceDocument(service);
}

/** The records of the last starts, with the phases that this program has heard of. */
async function startOf(
  { sources, query }: RouteRequest,
): Promise<{ readonly records: StartRecords; readonly target: string | undefined }> {
  const records = await readStartRecords(sources.connection().control);
  if (records === undefined) throw unsupported("this daemon does not record the times of starts");
  const phases = sources.events.kept.map(({ document }) => phaseStep(document)).filter((step) =>
    step !== undefined
  );
  const wanted = query.get("service");
  if (wanted !== null && !records.times.some(({ name }) => name === wanted)) {
    throw new RequestFailure(404, "never-started", `service '${wanted}' was never started.`);
  }
  return { records: { ...records, phases }, target: wanted ?? usualTarget(records.times) };
}

function textAnswer(body: BodyInit, type: string): Response {
  return new Response(body, { headers: { "content-type": `${type}; charset=utf-8` } });
}

function unsupported(text: string): RequestFailure {
  return new RequestFailure(501, "not-supported", text);
}
