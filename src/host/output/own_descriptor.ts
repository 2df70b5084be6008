/**
 * Paths that name a descriptor of the daemon, such as `/dev/stdout`. Opening such a path differs from writing to the
 * descriptor: a file gets a second write position, so that lines overwrite each other, and a socket cannot be opened.
 * So the process gets the descriptor itself.
 */

/** The Linux kernel follows this many symbolic links in a row. */
const MAX_LINKS = 40;

/** Where a symbolic link leads; throws if there is none at the path. */
export type ReadLink = (path: string) => string;

/**
 * The descriptor that a path names; `undefined` if it names something else. Links are followed by their text, up to the
 * folder of descriptors, whose entries look like links to files.
 *
 * @param path relative to `directory`
 */
export function descriptorOfPath(path: string, directory: string, linkAt: ReadLink): number | undefined {
  let rest = segments(path.startsWith("/") ? path : `${directory}/${path}`);
  let resolved: string[] = [];
  for (let links = 0; rest.length > 0;) {
    const [next, ...others] = rest;
    rest = others;
    if (next === "..") resolved.pop();
    else {
      const place = [...resolved, next];
      const fd = descriptorAt(place);
      if (fd !== undefined) return rest.length === 0 ? fd : undefined;
      const target = targetOf(`/${place.join("/")}`, linkAt);
      if (target === undefined) resolved = place;
      else if (++links > MAX_LINKS) return undefined;
      else {
        rest = [...segments(target), ...rest];
        if (target.startsWith("/")) resolved = [];
      }
    }
  }
  return undefined;
}

/** Reads links by the runtime, without a prompt for a grant at the terminal. */
export const grantedLink: ReadLink = (path) => {
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
    throw new Deno.errors.NotCapable(path);
  }
  return Deno.readLinkSync(path);
};

function segments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "" && segment !== ".");
}

/** The descriptor of a path in a folder of the daemon's own descriptors, under any name of this folder. */
function descriptorAt(place: readonly string[]): number | undefined {
  const path = place.join("/");
  const own = /^(?:proc\/(?:self|thread-self|(\d+)(?:\/task\/\d+)?)|dev)\/fd\/(\d{1,9})$/.exec(path);
  if (own !== null) return own[1] === undefined || Number(own[1]) === Deno.pid ? Number(own[2]) : undefined;
  const standard = ["dev/stdin", "dev/stdout", "dev/stderr"].indexOf(path);
  return standard === -1 ? undefined : standard;
}

function targetOf(path: string, linkAt: ReadLink): string | undefined {
  // The kernel shows these as links to the reading process: the daemon, or a program that reads for it.
  if (path === "/proc/self" || path === "/proc/thread-self") return undefined;
  try {
    return linkAt(path);
  } catch (error) {
    if (error instanceof Error) return undefined; // no link, or not readable
    throw error;
  }
}
