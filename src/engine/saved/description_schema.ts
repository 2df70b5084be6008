/**
 * The schema of a service description in a saved state. It derives from the default description. A new setting needs a
 * line here only if its value is no text, number, flag or list of texts.
 */

import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  NO_DENO,
  NO_FLAGS,
  NO_GROUP,
  NO_HEALTH,
  NO_SANDBOX,
  NO_SCHEDULE,
  NO_WATCH,
  type ResourceLimit,
  type ServiceDescription,
  ServiceType,
} from "../../model/mod.ts";
import {
  bigint,
  either,
  flag,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  or,
  type Schema,
  setOf,
  text,
} from "../../model/saving.ts";

const { PLACEHOLDER: _placeholder, ...TYPES } = ServiceType;

const limitValue = optional(either(bigint, oneOf(["unlimited"])));

/** Settings with other values than texts, numbers, flags and lists of texts. */
const SPECIAL: { readonly [Name in keyof ServiceDescription]?: Schema<ServiceDescription[Name]> } = {
  modified: object({ seconds: number, nanoseconds: number }),
  runAs: optional(object({ uid: number, gid: optional(number), name: optional(text) })),
  environment: object({ clear: flag, set: mapOf(text, text), unset: setOf(text), imported: setOf(text) }),
  restart: oneOf(["always", "on-failure", "never"]),
  flags: like(NO_FLAGS),
  group: like(NO_GROUP, { mode: oneOf(["", "auto", "none"]) }),
  health: like(NO_HEALTH, {
    readyBy: oneOf(["", "notify", "health", "uptime"]),
    action: oneOf(["restart", "stop", "none"]),
  }),
  deno: like(NO_DENO),
  sandbox: like(NO_SANDBOX),
  watch: like(NO_WATCH, { action: oneOf(["restart", "signal", "run"]) }),
  schedule: like(NO_SCHEDULE, { overlap: oneOf(["skip", "queue", "stop"]) }),
  dependencies: listOf(object({ kind: oneOf(Object.values(DependencyKind)), name: text })),
  killMode: oneOf(["process", "group", "all"]),
  logType: oneOf(["none", "file", "buffer", "pipe", "kept"]),
  logStamps: oneOf(["no", "iso", "elapsed"]),
  logFormat: oneOf(["text", "json"]),
  limits: listOf(object<ResourceLimit>({
    resource: oneOf(["nofile", "core", "data", "addrspace"]),
    soft: limitValue,
    hard: limitValue,
  })),
};

/** The schema of values with the type of this one, which is also the default. */
function valueLike(usual: unknown): Schema<unknown> {
  switch (typeof usual) {
    case "string":
      return or(text, usual);
    case "number":
      return or(number, usual);
    case "boolean":
      return or(flag, usual);
    case "undefined":
      return optional(either(number, text));
    default:
      return or<unknown>(listOf(text), usual);
  }
}

/** The schema of objects with the fields of this one, which also has the defaults. */
function like<T extends object>(usual: T, special: { readonly [Name in keyof T]?: Schema<T[Name]> } = {}) {
  const fields = Object.entries(usual).map(([name, value]) => {
    const schema = special[name as keyof T];
    return [name, schema === undefined ? valueLike(value) : or<unknown>(schema, value)];
  });
  return object<T>(Object.fromEntries(fields)); // `usual` has all fields of its type
}

const settings = like(DEFAULT_DESCRIPTION, SPECIAL);
const typed = object({ type: oneOf(Object.values(TYPES)) });

/** A complete description. Its type has no default. */
export const savedDescription: Schema<ServiceDescription> = (saved, path) => ({
  ...settings(saved, path),
  ...typed(saved, path),
});
