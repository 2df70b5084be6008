/**
 * Service descriptions in TypeScript. A file `NAME.service.ts` exports what {@linkcode defineService} returns;
 * `dinit build` and `dinit up` make plain descriptions from such files, which the daemon reads. The types come from the
 * table of settings, so a wrong name or value is a compile error. This module imports nothing from the other rooms.
 *
 * @example The file `web.service.ts` describes the service `web`
 * ```ts
 * import { defineService } from "@dinit/dinit/service";
 *
 * export default defineService({
 *   command: ["node", "server.js"],
 *   "depends-on": ["db", "cache"],
 *   env: { PORT: 8080 },
 *   restart: "on-failure",
 *   "restart-delay-factor": 2,
 *   "restart-delay-max": "30s",
 * });
 * ```
 *
 * @module
 */

import type { ServiceSettings } from "./settings.ts";

export type * from "./settings.ts";

/**
 * Makes the settings of the services of a template, which have names such as `worker@1`.
 *
 * @param argument stands for the text behind the `@`, and can be a part of any text. Each service has another one: do
 * not compare or compute with it.
 */
export type ServiceTemplate = (argument: string) => ServiceSettings;

/** The key of what {@linkcode defineService} was given. `dinit build` recognises services by it. */
export const DEFINITION: unique symbol = Symbol.for("dinit.service");

/** A service that a file exports. */
export interface ServiceDefinition {
  /** What {@linkcode defineService} was given. */
  readonly [DEFINITION]: ServiceSettings | ServiceTemplate;
}

/**
 * Describes a service. The default export of a file `NAME.service.ts` is the service `NAME`; any other export is a
 * service with the name of the export.
 *
 * @param service the settings, under the names that they have in descriptions; or, for a template, a function that
 * returns them
 */
export function defineService(service: ServiceSettings | ServiceTemplate): ServiceDefinition {
  return { [DEFINITION]: service };
}
