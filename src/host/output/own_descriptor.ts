/**
 * Paths that mean a descriptor of the daemon, such as `/dev/stdout`. To open one is another thing than to write to the
 * descriptor: of a file there is another place to write to, so that lines overwrite each other, and a socket cannot be
 * opened at all. Such a descriptor is therefore handed over as it is.
 */

/** As many symbolic links in a row as the Linux kernel follows. */
const MAX_LINKS = 40;

/** Where a symbolic link leads; throws if there is none at the path. */
export type ReadLink = (path: string) => string;

/**
 * The descriptor that a path means; `undefined` if it means something else. Links are followed by their text, up to
 * the folder of descriptors: what is in there looks like links to files.
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

/** The runtime's way to read links, without asking the person at the terminal for a grant. */
export const grantedLink: ReadLink = (path) => {
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
    throw new Deno.errors.NotCapable(path);
  }
  return Deno.readLinkSync(path);
};

function segments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "" && segment !== ".");
}

/** What the place is a descriptor of, in a folder of the daemon's own descriptors, by any of its names. */
function descriptorAt(place: readonly string[]): number | undefined {
  const path = place.join("/");
  const own = /^(?:proc\/(?:self|thread-self|(\d+)(?:\/task\/\d+)?)|dev)\/fd\/(\d{1,9})$/.exec(path);
  if (own !== null) return own[1] === undefined || Number(own[1]) === Deno.pid ? Number(own[2]) : undefined;
  const standard = ["dev/stdin", "dev/stdout", "dev/stderr"].indexOf(path);
  return standard === -1 ? undefined : standard;
}

function targetOf(path: string, linkAt: ReadLink): string | undefined {
  // The kernel shows these as links to what the reader is: the daemon, or another program that reads for it.
  if (path === "/proc/self" || path === "/proc/thread-self") return undefined;
  try {
    return linkAt(path);
  } catch (error) {
    if (error instanceof Error) return undefined; // no link, or nothing that may be looked at
    throw error;
  }
}
