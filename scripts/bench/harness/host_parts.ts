/**
 * The cost of a process with a host, without a daemon. `spawn.ts` runs these as separate programs:
 *
 * - `turns`: a bare loop around `posix_spawn` and the host take turns at starting `/bin/sleep`; prints the milliseconds
 *   of each;
 * - `memory`: prints the kilobytes per started service.
 */

import { FileUsers, FolderSource, MainEnvironment } from "../../../src/description/mod.ts";
import { type LaunchPlan, ServiceManager } from "../../../src/engine/mod.ts";
import { loadHost, NO_RECORD, SystemClock } from "../../../src/host/mod.ts";
import { NO_GROUP, NO_SANDBOX } from "../../../src/model/mod.ts";
import { BareLoop } from "./bare_loop.ts";
import { inFolder, pause } from "./folder.ts";
import { memoryOf } from "./proc.ts";
import { interleave } from "./rounds.ts";
import { median } from "./statistics.ts";

const TURNS = 100;
const SPAWNS = 20;
const SERVICES = 1000;
const WARM_UP = 500;

type HostKind = "native" | "command";

/** Milliseconds per process, for a bare loop and for a host. */
export interface Turns {
  readonly bare: number;
  readonly host: number;
}

const SLEEP: LaunchPlan = {
  id: 1,
  role: "main",
  name: "bench",
  argv: ["/bin/sleep", "1000"],
  environment: new Map(Object.entries(Deno.env.toObject())),
  workingDir: "/",
  output: { to: "null" },
  consumerOf: undefined,
  input: undefined,
  marksTree: false,
  session: "own",
  unmaskInterrupt: false,
  readiness: undefined,
  notify: undefined,
  controlSocket: false,
  activationSocket: false,
  runAs: undefined,
  limits: [],
  nice: undefined,
  ioPriority: undefined,
  oomScoreAdjust: undefined,
  cgroup: "",
  capabilities: "",
  secureBits: [],
  noNewPrivs: false,
  group: NO_GROUP,
  sandbox: NO_SANDBOX,
  inittab: undefined,
};

const nothing = () => {};

async function turns(kind: HostKind): Promise<Turns> {
  let left = 0;
  let done = Promise.withResolvers<void>();
  let launching = 0;
  let launched = Promise.withResolvers<void>();
  const host = (await loadHost(kind))(
    {
      launched: nothing,
      execSucceeded: () => --launching === 0 && launched.resolve(),
      execFailed: nothing,
      exited: () => --left === 0 && done.resolve(),
      ready: nothing,
      readinessClosed: nothing,
      remains: nothing,
      allKilled: nothing,
    },
    NO_RECORD,
  );
  host.begin();
  const bare = new BareLoop(SLEEP.argv, SLEEP.environment, { asService: true });
  const values = await interleave(TURNS, {
    bare: () => {
      const elapsed = bare.start(SPAWNS);
      bare.stop("together");
      return elapsed / SPAWNS;
    },
    host: async () => {
      left = SPAWNS;
      launching = SPAWNS;
      done = Promise.withResolvers();
      launched = Promise.withResolvers();
      const start = performance.now();
      for (let id = 1; id <= SPAWNS; id++) host.launch({ ...SLEEP, id });
      await launched.promise;
      const elapsed = performance.now() - start;
      for (let id = 1; id <= SPAWNS; id++) host.signal(id, "main", 9, true);
      await done.promise;
      return elapsed / SPAWNS;
    },
  }, TURNS / 4);
  return { bare: median(values.bare), host: median(values.host) };
}

/** A manager with a host, for the descriptions in a folder. */
async function managerOf(kind: HostKind, folder: string): Promise<ServiceManager> {
  const host = (await loadHost(kind))(
    {
      launched: (id, role, pid) => manager.launched(id, role, pid),
      execSucceeded: (id, role) => manager.execSucceeded(id, role),
      execFailed: (id, role, stage, errno, refusal) => manager.execFailed(id, role, stage, errno, refusal),
      exited: (id, role, exit) => manager.exited(id, role, exit),
      ready: (id) => manager.ready(id),
      readinessClosed: (id) => manager.readinessClosed(id),
      remains: (id, pids) => manager.remains(id, pids),
      allKilled: (id) => manager.allKilled(id),
    },
    NO_RECORD,
  );
  const environment = new MainEnvironment(Deno.env.toObject());
  const identity = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };
  const manager: ServiceManager = new ServiceManager({
    source: new FolderSource([folder], { environment, users: new FileUsers(), identity }),
    environment,
    clock: new SystemClock((id, purpose) => manager.timerExpired(id, purpose)),
    host,
    console: { requestConsole: () => true, returnConsole: nothing, takeForeground: nothing },
  });
  host.begin();
  return manager;
}

/** Kilobytes of private memory per idle service. */
function memory(kind: HostKind, output: "none" | "buffer"): Promise<number> {
  const script = output === "none" ? "exec sleep 1000" : "head -c 4096 /dev/zero; exec sleep 1000";
  return inFolder(async (folder) => {
    const description = `type = process\ncommand = /bin/sh -c "${script}"\nlog-type = ${output}\n`;
    for (let index = 0; index < WARM_UP + SERVICES; index++) {
      Deno.writeTextFileSync(`${folder}/s${index}`, description);
    }
    const manager = await managerOf(kind, folder);
    const start = async (from: number, count: number) => {
      for (let index = from; index < from + count; index++) manager.start(manager.load(`s${index}`));
      await pause(3000); // all messages are written
      (globalThis as unknown as { gc(): void }).gc();
      return memoryOf(Deno.pid).own;
    };
    const before = await start(0, WARM_UP); // memory that the program needs only once is in use now
    const perService = (await start(WARM_UP, SERVICES) - before) / SERVICES;
    for (const service of manager.services()) manager.signal(service, 9);
    return perService;
  });
}

if (import.meta.main) {
  const [part, kind, output] = Deno.args as [string, HostKind, "none" | "buffer"];
  console.log(JSON.stringify(part === "turns" ? await turns(kind) : await memory(kind, output)));
  Deno.exit(0);
}
