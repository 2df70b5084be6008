/**
 * Service descriptions: finding them, reading them into plain data, and printing them as text. This room knows the
 * format of descriptions and environment files, the table of all settings, and the layers of the environment. It does
 * not know which services are loaded: the caller provides dependencies when a line names them.
 *
 * @example Which settings there are
 * ```ts
 * import { SETTINGS, settingNamed } from "@dinit/dinit/description";
 *
 * console.log(SETTINGS.length > 50, settingNamed("restart-delay")?.name);
 * ```
 *
 * @module
 */

export type {
  DeclaredDependency,
  DenoSettings,
  DependencyKind,
  EnvironmentOverlay,
  FileTime,
  GroupSettings,
  HealthAction,
  HealthSettings,
  KillMode,
  LimitValue,
  LoadedServiceType,
  LoadError,
  LoadErrorFacts,
  LoadErrorKind,
  Location,
  LogFormat,
  LogStamps,
  LogType,
  ProcessKind,
  ReadyBy,
  ResourceLimit,
  RestartPolicy,
  SandboxSettings,
  ScheduleOverlap,
  ScheduleSettings,
  ServiceDescription,
  ServiceFlags,
  ServiceType,
  ServiceTypeName,
  UserIds,
  WatchAction,
  WatchSettings,
} from "../model/mod.ts";
export type {
  CommandWords,
  Draft,
  OpenDescription,
  PathField,
  SettingTarget,
  SettingValue,
} from "./draft.ts";
export { type FileAccess, type FileStatus, wholePath } from "./files.ts";
export * from "./directories.ts";
export * from "./enablement.ts";
export * from "./environment.ts";
export * from "./environment_file.ts";
export * from "./find.ts";
export * from "./folder_source.ts";
export { LOADED_TEXT_LIMIT, megabytes } from "./limits.ts";
export * from "./settings/changes.ts";
export * from "./settings/host_features.ts";
export * from "./settings/host_needs.ts";
export { limitsLog } from "./settings/log_limits.ts";
export * from "./settings/options.ts";
export * from "./settings/print.ts";
export * from "./read.ts";
export type * from "./read_options.ts";
export type * from "./settings/row_facts.ts";
export { type RowDefaults, settingRow } from "./settings/rows.ts";
export type * from "./settings/setting.ts";
export * from "./settings/table.ts";
export * from "./text/substitution.ts";
export * from "./text/units.ts";
export * from "./settings/type_names.ts";
export * from "./users.ts";
