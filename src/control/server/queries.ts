/** The topics of extension queries and their documents (docs/control-protocol.md). */

import type { RunsDocument, ServiceOverview, ServiceTimes } from "../../model/mod.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { Graph, LogPart } from "../wire/documents.ts";
import type { Session } from "./session.ts";

/** The document for a topic, to be sent as JSON; `undefined` if there is none. */
export function answerQuery(session: Session, topic: string): unknown {
  const [name, ...numbers] = topic.split(" ");
  if (!numbers.every((number) => /^\d{1,15}$/.test(number))) return undefined;
  const [handle, , offset = 0] = numbers.map(Number);
  switch (`${name} ${numbers.length}`) {
    case "overview 0":
      return session.host.overview();
    case "graph 0":
      return graph(session.host.manager);
    case "times 0":
      return session.host.manager.times();
    case "times 1":
      return withService(
        session,
        handle,
        ({ name }) => session.host.manager.times().find((times) => times.name === name),
      );
    case "health 0":
      return session.host.health?.documents();
    case "health-run 1":
      return withService(session, handle, ({ id }) => ({ began: session.host.health?.runNow(id) ?? false }));
    case "record-begin 1":
    case "record-end 1":
      return withService(session, handle, (service) => ({
        began: session.host.record?.(service, name === "record-begin") ?? false,
      }));
    case "timers 0":
      return session.host.schedules?.documents();
    case "runs 1":
      return withService(session, handle, ({ id }) => session.host.schedules?.runs(id));
    case "service 1":
      return withService(session, handle, (service) => overviewOf(session, service));
    case "log 1":
    case "log 3":
      return withService(session, handle, (service) => session.host.logs.part(service, offset));
    default:
      return undefined;
  }
}

/** The document for `health-run`: whether the service has a check, and runs; and for `record-…`: whether it is up. */
interface CheckBegun {
  readonly began: boolean;
}

function withService<T extends ServiceOverview | ServiceTimes | LogPart | CheckBegun | RunsDocument>(
  session: Session,
  handle: number,
  answer: (service: ControlledService) => T | undefined,
): T | undefined {
  const service = session.service(handle);
  return service === undefined ? undefined : answer(service);
}

function overviewOf({ host }: Session, { name }: ControlledService): ServiceOverview | undefined {
  return host.overview().services.find((service) => service.name === name);
}

function graph(manager: ControlledManager): Graph {
  const services = [...manager.services()];
  return {
    nodes: services.map((service) => ({
      ...manager.status(service),
      name: service.name,
      type: service.type,
    })),
    edges: services.flatMap(({ name, dependencies }) =>
      dependencies.map(({ to, kind }) => ({ from: name, to: to.name, kind }))
    ),
  };
}
