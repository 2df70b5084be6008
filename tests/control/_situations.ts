/** In which situation the daemon was when each exchange of the specification was captured. */

import { LoadError, type LoadErrorKind, ServiceEvent } from "../../src/model/mod.ts";
import { type FakeManager, STARTED } from "./_fake_manager.ts";

export interface Situation {
  /** Prepares the manager. */
  readonly manager: (manager: FakeManager) => void;
  /** Names for which handles 0, 1 … are opened before the capture begins. */
  readonly handles?: readonly string[];
  /** Which lines of the capture belong to this situation. @default all */
  readonly lines?: readonly [from: number, to: number];
  /** What happens before a line of the daemon that answers no request, in order; `undefined`: it is there already. */
  readonly later?: readonly (((manager: FakeManager) => void) | undefined)[];
  /** The capture ends when the daemon does. @default false */
  readonly daemonEnds?: boolean;
}

const FAILED = { state: 0, target: 0, explicit: false, reason: 3, exit: { code: 1, status: 3 } } as const;
const EXEC_FAILED = {
  state: 0,
  target: 0,
  explicit: false,
  reason: 4,
  launchStage: 18,
  launchErrno: 2,
} as const;
const KILLED = {
  state: 0,
  target: 0,
  explicit: false,
  pid: undefined,
  exit: { code: 2, status: 15 },
} as const;

function loadFailure(kind: LoadErrorKind): (name: string) => never {
  return (name) => {
    throw new LoadError(kind, "no good.", { service: name });
  };
}

/** The situations of the captures, by their titles. */
export const SITUATIONS: Record<string, Situation | readonly Situation[]> = {
  "13.1a": { manager: (m) => m.add("boot", STARTED) },
  "13.1b": {
    manager: (m) => {
      m.add("boot", STARTED);
      m.add("web", { ...STARTED, pid: 32453 });
    },
  },
  "13.1c": {
    manager: (m) => {
      m.add("boot", STARTED);
      m.add("web", { ...STARTED, pid: 0x7f24 });
      m.add("app", { reason: 2 });
      m.add("db", { ...STARTED, pid: 0x7f11 });
      m.add("log", { ...STARTED, pid: 0x7ed6 });
      m.add("int", STARTED);
      m.add("ex3", FAILED);
      m.add("nf", EXEC_FAILED);
      m.add("trig");
      m.add("cx", KILLED);
    },
  },
  "13.2a": {
    manager: (m) => m.add("web"),
    later: [(m) => m.emit("web", ServiceEvent.STARTED, { ...STARTED, pid: 32453 })],
  },
  "13.2b": {
    manager: (m) => {
      m.add("web", { ...STARTED, pid: 32453 });
      m.script = { start: () => "already" };
    },
    handles: ["web"],
  },
  "13.2c": {
    manager: (m) => {
      m.add("int");
      m.script = {
        start: () => {
          m.emit("int", ServiceEvent.STARTED, STARTED);
          return "already";
        },
      };
    },
    handles: ["int"],
  },
  "13.3a": {
    manager: (m) => {
      m.script = { load: (name) => loadFailure(name === "nosuch" ? "not-found" : "description")(name) };
    },
  },
  "13.3b": {
    manager: (m) => m.add("nf"),
    handles: ["nf"],
    later: [
      (m) => m.emit("nf", ServiceEvent.FAILEDSTART, { ...EXEC_FAILED, state: 3 }),
      undefined,
      (m) => m.emit("nf", ServiceEvent.STOPPED, EXEC_FAILED),
      undefined,
    ],
  },
  "13.3c": {
    manager: (m) => m.add("ex3"),
    handles: ["ex3"],
    later: [
      (m) => {
        m.emit("ex3", ServiceEvent.FAILEDSTART, { ...FAILED, state: 1 });
        m.emit("ex3", ServiceEvent.STOPPED, FAILED);
      },
    ],
  },
  "13.3d": {
    manager: (m) => m.add("slow", { state: 1 }),
    handles: ["slow"],
    later: [(m) => m.emit("slow", ServiceEvent.STARTCANCELLED, { state: 3, pid: 0x7f27 }), undefined],
  },
  "13.4a": { manager: (m) => m.add("web", { ...STARTED, pid: 0x7f24 }), handles: ["web"] },
  "13.4b": [
    { manager: (m) => m.add("ex3", FAILED), handles: ["ex3"], lines: [0, 2] },
    { manager: (m) => m.add("nf", EXEC_FAILED), handles: ["nf"], lines: [2, 4] },
  ],
  "13.5a": {
    manager: (m) => {
      m.add("web", { ...STARTED, pid: 1 });
      m.add("app", STARTED);
      m.add("db", STARTED);
      m.script = { stop: () => ({ dependents: [m.get("app")] }), load: (name) => m.get(name) };
    },
  },
  "13.5b": {
    manager: (m) => m.add("db", { ...STARTED, pid: 99 }),
    handles: ["db"],
    later: [(m) => m.emit("db", ServiceEvent.STOPPED, KILLED)],
  },
  "13.6a": {
    manager: (m) => m.add("db", { ...STARTED, pid: 99 }),
    handles: ["db"],
    later: [
      (m) =>
        m.emit("db", ServiceEvent.STOPPED, { ...STARTED, ...KILLED, state: 1, target: 2, explicit: true }),
      (m) => m.emit("db", ServiceEvent.STARTED, { ...STARTED, pid: 0x7ed3 }),
    ],
  },
  "13.7a": {
    manager: (m) => {
      m.add("db");
      m.script = { stop: () => "pinned-started" };
    },
    handles: ["db"],
    later: [(m) => m.emit("db", ServiceEvent.STARTED, { ...STARTED, pid: 0x7f11 }), undefined],
  },
  "13.8a": {
    manager: (m) => {
      m.add("web");
      const buffers = ["hello\n", "hello\n"].map((text) => new TextEncoder().encode(text));
      m.script = { bufferedLog: () => ({ bytes: buffers.shift()!, end: 6 }) };
    },
    handles: ["web"],
  },
  "13.9a": {
    manager: (m) => m.environment = new Map([["PATH", "/usr/bin:/bin"], ["HOME", "/srv"]]),
  },
  "13.9b": { manager: () => {} },
  "13.10a": {
    manager: (m) => m.add("int", STARTED),
  },
  "13.10b": { manager: (m) => m.script = { load: loadFailure("description") } },
  "13.11a": {
    manager: (m) => {
      m.add("int", STARTED);
      m.add("boot", STARTED);
      m.environment = new Map([["PATH", "/usr/bin:/bin"], ["HOME", "/srv"]]);
    },
  },
  "13.11b": {
    manager: (m) => ["int", "boot"].forEach((name) => m.add(name, STARTED)),
    handles: ["int", "boot"],
  },
  "13.11c": {
    manager: (m) => {
      m.add("boot", STARTED);
      m.add("int");
      const outcomes = ["added", "exists"] as const;
      let calls = 0;
      m.script = {
        enable: () => {
          if (calls === 0) m.emit("int", ServiceEvent.STARTED, { state: 2, target: 2 });
          return outcomes[calls++];
        },
      };
    },
    handles: ["boot", "int"],
  },
  "13.12a": {
    manager: (m) => {
      m.add("web");
      const outcomes = ["sent", "bad-signal", "no-process"] as const;
      let calls = 0;
      m.script = { signal: () => outcomes[calls++] };
    },
    handles: ["web"],
  },
  "13.13a": {
    manager: (m) => {
      m.add("a", { ...STARTED, pid: 99 });
      m.add("b");
      m.script = { wake: () => "already" };
    },
    handles: ["a", "b"],
    later: [(m) => m.emit("a", ServiceEvent.STOPPED, KILLED)],
  },
  "13.14a": { manager: (m) => m.add("web"), handles: ["web"] },
  "13.15a": { manager: () => {}, daemonEnds: true },
  "13.15b": {
    manager: (m) => {
      m.add("last", STARTED);
      m.add("first", STARTED);
      m.script = {
        shutdown: () => m.emit("first", ServiceEvent.STOPPED, { state: 0, target: 0, explicit: false }),
        start: () => "shutting-down",
        restart: () => "shutting-down",
        stop: () => "already",
      };
    },
    handles: ["last", "first"],
    daemonEnds: true,
    later: [
      (m) =>
        m.emit("last", ServiceEvent.STOPPED, {
          state: 0,
          target: 0,
          explicit: false,
          exit: { code: 1, status: 0 },
        }),
    ],
  },
};
