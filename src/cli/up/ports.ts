/** Which ports processes listen on, and who holds a port: from /proc, so only of processes that the caller may see. */

/** A process that holds a port. */
export interface PortHolder {
  readonly pid: number;
  /** The name of its program. */
  readonly name: string;
  /** Its working directory. @default it cannot be seen */
  readonly folder?: string;
}

/** The TCP ports on which somebody listens, with the numbers of the sockets. */
export function listeningSockets(proc = "/proc"): Map<number, Set<string>> {
  const ports = new Map<number, Set<string>>();
  for (const table of ["tcp", "tcp6"]) {
    for (const line of readText(`${proc}/net/${table}`).split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [, local, , state] = fields;
      if (state !== LISTEN || fields.length < 10) continue;
      const port = parseInt(local.slice(local.lastIndexOf(":") + 1), 16);
      const sockets = ports.get(port) ?? new Set();
      ports.set(port, sockets.add(fields[9]));
    }
  }
  return ports;
}

/** The state LISTEN of a socket in the tables of the kernel. */
const LISTEN = "0A";

/** The ports on which a process or its descendants listen, in ascending order. */
export function portsOf(pid: number, sockets = listeningSockets(), proc = "/proc"): number[] {
  const own = new Set(withDescendants(pid, proc).flatMap((one) => socketsOf(one, proc)));
  const ports = [...sockets].filter(([, numbers]) => [...numbers].some((number) => own.has(number)));
  return ports.map(([port]) => port).sort((a, b) => a - b);
}

/** Who listens on a port; `undefined` if nobody does, or it cannot be seen. */
export function holderOf(port: number, proc = "/proc"): PortHolder | undefined {
  const wanted = listeningSockets(proc).get(port);
  if (wanted === undefined) return undefined;
  for (const pid of processes(proc)) {
    if (!socketsOf(pid, proc).some((number) => wanted.has(number))) continue;
    const folder = linkOf(`${proc}/${pid}/cwd`);
    const name = readText(`${proc}/${pid}/comm`).trim() || "a process";
    return { pid, name, ...(folder === undefined ? {} : { folder }) };
  }
  return undefined;
}

/** The process and its descendants. A process that ends meanwhile is left out. */
function withDescendants(pid: number, proc: string): number[] {
  const found = [pid];
  for (const one of found) {
    for (const task of namesIn(`${proc}/${one}/task`)) {
      const children = readText(`${proc}/${one}/task/${task}/children`).split(" ").filter(Boolean);
      found.push(...children.map(Number).filter((child) => !found.includes(child)));
    }
    if (found.length > MOST) break;
  }
  return found;
}

/** More descendants of one service are not looked at. */
const MOST = 500;

function socketsOf(pid: number, proc: string): string[] {
  const folder = `${proc}/${pid}/fd`;
  return namesIn(folder).flatMap((descriptor) =>
    /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${descriptor}`) ?? "")?.[1] ?? []
  );
}

function processes(proc: string): number[] {
  return namesIn(proc).filter((name) => /^\d+$/.test(name)).map(Number);
}

function readText(path: string): string {
  return attempt(() => Deno.readTextFileSync(path)) ?? "";
}

function linkOf(path: string): string | undefined {
  return attempt(() => Deno.readLinkSync(path));
}

function namesIn(path: string): string[] {
  return attempt(() => Array.from(Deno.readDirSync(path), ({ name }) => name)) ?? [];
}

/** A process may end, belong to somebody else, or be hidden: then there is nothing to see. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}
