/** The floors of the house and what may be imported across them (pure: places in, words out). */

/** The rooms of `src/`, lowest floor first. A new room gets its place here. */
const FLOORS: readonly (readonly string[])[] = [
  ["model"],
  ["description", "inherited"],
  ["control", "engine", "system"],
  ["client", "host", "log"],
  ["cli", "daemon", "tools"],
];

/** Files other than `mod.ts` that one other room may import: the file and that room. */
const SIDE_DOORS: ReadonlyMap<string, string> = new Map([
  // The client has no use for the server, which comes with the room's own door; it describes packets only when asked.
  ["src/control/wire/mod.ts", "client"],
  ["src/control/wire/describe.ts", "client"],
  // What only some commands need is loaded with them.
  ["src/client/steps.ts", "cli"],
  ["src/client/event_steps.ts", "cli"],
]);

/** The room of a file below `src/`: the name of its folder, empty for a file directly in `src/`. */
export function roomOf(place: string): string | undefined {
  if (!place.startsWith("src/")) return undefined;
  const end = place.indexOf("/", 4);
  return end === -1 ? "" : place.slice(4, end);
}

/**
 * Why a file may not import another one, with what to do instead; `undefined` if it may.
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
  if (to === `src/${toRoom}/mod.ts` || SIDE_DOORS.get(to) === fromRoom) return undefined;
  return `${to} is inside another room. Import src/${toRoom}/mod.ts, and export there what is needed.`;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}
