/** One service unit as a description, with the services around it. */

import type { DescriptionText } from "../description_text.ts";
import type { ImportResult } from "../result.ts";
import { importCommands } from "./commands.ts";
import { importConditions } from "./conditions.ts";
import { importEnvironment, importSurroundings } from "./environment.ts";
import { importFolders } from "./folders.ts";
import { importGroupLimits } from "./group_limits.ts";
import { importKilling, importRestarts, importTimeouts, importType, importWatchdog } from "./life.ts";
import { importOutput } from "./output.ts";
import { importLimits, importPriorities, importUser } from "./privileges.ts";
import type { References } from "./references.ts";
import { importRelations } from "./relations_of_unit.ts";
import { importSocketFolder } from "./socket.ts";
import type { ServiceContext } from "./service_context.ts";
import type { Unit } from "./unit.ts";

/** Fills the description of a service unit, to which socket units and timers may belong. The order matters: commands come last, because the rest adds to them. */
export function importService(
  unit: Unit,
  text: DescriptionText,
  result: ImportResult,
  references: References,
  { sockets, isScheduled }: { readonly sockets: readonly Unit[]; readonly isScheduled: boolean },
): void {
  const context: ServiceContext = {
    unit,
    text,
    result,
    references,
    type: "process",
    isScheduled,
    prefix: [],
    preparation: [],
    before: [],
    afterwards: [],
    user: "",
    variables: new Map(),
  };
  text.set("type", "process");
  text.set("command", []);
  importType(context);
  importUser(context);
  importEnvironment(context);
  importSurroundings(context);
  importRestarts(context);
  importTimeouts(context);
  importWatchdog(context);
  importKilling(context);
  importLimits(context);
  importGroupLimits(context);
  importPriorities(context);
  importFolders(context);
  importSocketFolder(context, sockets);
  importConditions(context);
  importOutput(context);
  importRelations(unit, text, references);
  const firstNew = result.descriptions.length;
  importCommands(context);
  result.setVariables([text, ...result.descriptions.slice(firstNew)], context.variables);
}
