/** The floors of the house, and which imports may cross them (pure: paths in, messages out). */

/** The rooms of `src/`, lowest floor first. Add a new room here. */
const FLOORS: readonly (readonly string[])[] = [
  ["model"],
  ["description", "inherited", "rotation", "service"],
  ["control", "engine", "system"],
  ["client", "host", "log"],
  ["options", "health", "insight", "schedule", "watch"],
  ["cli", "daemon", "tools"],
];

/** The vocabulary has no inner files: a tool that must start fast imports only the files with the words that it uses. */
const OPEN_ROOM = "model";

/** Files other than `mod.ts` that other rooms may import: the file and those rooms. */
const SIDE_DOORS: ReadonlyMap<string, readonly string[]> = new Map([
  // Only a daemon that continues from saved state restores an engine.
  ["src/engine/restoring.ts", ["daemon"]],
  // No tool needs this.
  ["src/inherited/inheritance.ts", ["daemon"]],
  // Only few daemons need these, and load them then.
  ["src/host/leftover_processes.ts", ["daemon"]],
  ["src/host/output/log_file_tail.ts", ["daemon"]],
  ["src/system/machine.ts", ["cli", "daemon"]],
  // Only the native host, and a daemon that has it.
  ["src/system/surviving.ts", ["daemon", "host"]],
  ["src/system/replacing.ts", ["daemon"]],
  ["src/system/collapsible.ts", ["host"]],
  // Only a daemon that limits log files, and the program that rotates them.
  ["src/system/rotating.ts", ["host", "tools"]],
  // Only a daemon that watches the health of services.
  ["src/system/watching_health.ts", ["health", "host"]],
  // Only a daemon that keeps its start.
  ["src/insight/kernel_time.ts", ["daemon"]],
  // A tool that shows the times of an expression needs no daemon.
  ["src/schedule/cron_times.ts", ["cli"]],
  // What reads logs, for tools that rotate nothing.
  ["src/rotation/archives.ts", ["cli"]],
  ["src/rotation/followed_log.ts", ["cli"]],
  ["src/rotation/log_tail.ts", ["cli"]],
  // Only a tool that serves a port.
  ["src/system/accepted_connections.ts", ["tools"]],
  // Only a tool that its daemon watches.
  ["src/system/datagram.ts", ["tools"]],
  // Only a daemon that keeps logs, and its keeper.
  ["src/system/keeping.ts", ["host", "tools"]],
  ["src/host/keeping/orders.ts", ["tools"]],
  // The same for its prober, which needs nothing else of these rooms.
  ["src/host/probing/orders.ts", ["tools"]],
  ["src/health/http_exchange.ts", ["tools"]],
  ["src/host/output/native_log_file.ts", ["tools"]],
  // A tool that reads one duration does not need the whole language.
  ["src/description/text/units.ts", ["cli", "options"]],
  // Only a program that is given a file with several services.
  ["src/description/toml/mod.ts", ["cli", "daemon", "tools"]],
  // A tool that runs Deno looks for it as the daemon does.
  ["src/description/deno_program.ts", ["cli"]],
  // Where relative paths begin, for a tool that makes descriptions.
  ["src/description/settings/rows.ts", ["cli"]],
  // Only programs that write descriptions, or files for other programs.
  ["src/description/staged_files.ts", ["cli", "tools"]],
  // The two ends: neither needs all of the other. The client loads the description of packets only on request.
  ["src/control/server/mod.ts", ["daemon"]],
  ["src/control/wire/mod.ts", ["client"]],
  ["src/control/wire/describe.ts", ["client"]],
  // Only some commands need these steps, and load them. Most commands need no other step than the first.
  ["src/client/lookup.ts", ["cli"]],
  ["src/client/steps.ts", ["cli", "insight", "tools"]],
  ["src/client/event_steps.ts", ["cli"]],
  // What shows a whole daemon uses the library, and connects like the other tools.
  ["src/client/library.ts", ["cli", "insight", "tools"]],
  // Each program loads its own options; only texts about all programs need the whole table.
  ["src/options/ctl_commands.ts", ["cli"]],
  ["src/options/dinit.ts", ["daemon"]],
  ["src/options/dinit_build.ts", ["cli"]],
  ["src/options/dinit_check.ts", ["cli"]],
  ["src/options/dinit_export.ts", ["tools"]],
  ["src/options/dinit_import.ts", ["tools"]],
  ["src/options/dinit_lease.ts", ["tools"]],
  ["src/options/dinit_lease_help.ts", ["cli", "tools"]],
  ["src/options/dinit_log.ts", ["tools"]],
  ["src/options/dinit_log_help.ts", ["cli", "tools"]],
  ["src/options/dinit_monitor.ts", ["cli"]],
  ["src/options/dinit_up.ts", ["cli"]],
  ["src/options/dinit_web.ts", ["tools"]],
  ["src/options/dinit_web_help.ts", ["cli", "tools"]],
  ["src/options/text.ts", ["cli", "tools"]],
  ["src/options/ctl_values.ts", ["cli"]],
  ["src/options/dinitctl.ts", ["cli"]],
  ["src/options/program_names.ts", ["cli"]],
  ["src/options/programs.ts", ["cli", "daemon"]],
  ["src/options/shutdown.ts", ["cli"]],
  ["src/options/dinit_wait_for.ts", ["tools"]],
]);

/** The room of a file below `src/`: the name of its folder, empty for a file directly in `src/`. */
export function roomOf(place: string): string | undefined {
  if (!place.startsWith("src/")) return undefined;
  const end = place.indexOf("/", 4);
  return end === -1 ? "" : place.slice(4, end);
}

/**
 * Why a file may not import another one, and what to do instead; `undefined` if it may.
 *
 * @param from Place of the importing file in the repository, such as `src/engine/graph/graph.ts`.
 * @param to Place of the imported file.
 */
export function importFault(from: string, to: string): string | undefined {
  const fromRoom = roomOf(from);
  const toRoom = roomOf(to);
  if (toRoom === undefined) {
    return fromRoom === undefined
      ? undefined
      : `src/ stands alone, but this imports ${to}. Move what is needed into a room of src/.`;
  }
  if (fromRoom === toRoom) return undefined;
  for (const room of [fromRoom, toRoom]) {
    if (room !== undefined && floorOf(room) === -1) {
      return `src/${room} is no room of the house. Move the file to a room, or add the room in scripts/lint/rooms.ts.`;
    }
  }
  if (to.split("/").some((part) => part.startsWith("_"))) {
    return `${to} is private to its room. Import what src/${toRoom}/mod.ts exports, or export it there.`;
  }
  if (fromRoom === undefined) return undefined;
  return floorFault(fromRoom, toRoom) ?? doorFault(fromRoom, toRoom, to);
}

function floorFault(fromRoom: string, toRoom: string): string | undefined {
  const fromFloor = floorOf(fromRoom);
  const toFloor = floorOf(toRoom);
  if (fromFloor > toFloor) return undefined;
  return fromFloor === toFloor
    ? `${fromRoom} and ${toRoom} are on the same floor. Move what both need to a lower room, or let main.ts bring them together.`
    : `${fromRoom} is below ${toRoom} and may not import it. Declare the interface that ${fromRoom} needs in ${fromRoom} and have ${toRoom} implement it, or move the shared part down.`;
}

function doorFault(fromRoom: string, toRoom: string, to: string): string | undefined {
  if (toRoom === OPEN_ROOM || to === `src/${toRoom}/mod.ts` || SIDE_DOORS.get(to)?.includes(fromRoom)) {
    return undefined;
  }
  return `${to} is inside another room. Import src/${toRoom}/mod.ts, and export there what is needed.`;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}
