/**
 * The documents of `--json`, one type per command. There is one document on one line, whatever happens to the
 * command; if the command line itself is wrong, `command` is the sub-command, known or not, and may be
 * empty. `catlog --follow` writes one per piece of output. `events` writes one per event, as the daemon sends it
 * (docs/control-protocol.md, EVENT), and another one only if it fails. Fields may be
 * added later, and programs that read documents should ignore those that they do not know. Text that is not UTF-8 is
 * lossless byte text: each byte that is not part of UTF-8 is one `\udcXX`.
 */

import type { Figures } from "../../insight/mod.ts";
import type { HealthDocument } from "../../model/health_status.ts";
import type { LogKeeperStatus } from "../../model/status.ts";
import type { TimerDocument } from "../../model/schedule_status.ts";
import type { PermissionsDocument, SecurityDocument } from "./security_documents.ts";
import type { AnalyzeDocument, RunListDocument, TimersDocument } from "./view_documents.ts";

/** The fields of all documents. */
export interface CommandDocument {
  readonly command: string;
  /** Whether the exit status is 0. */
  readonly ok: boolean;
  /** The text on standard error, without the name of the tool; absent if the command did not fail as a whole. */
  readonly error?: string;
  /** Help with the error, such as similar names. Its words may change. @default absent, nothing */
  readonly hint?: string;
}

/** Any of the documents, by the field `command`. */
export type AnyDocument =
  & CommandDocument
  & (
    | ListDocument
    | StatusDocument
    | CheckDocument
    | ServicesDocument
    | LogDocument
    | SignalListDocument
    | VariablesDocument
    | DependencyDocument
    | EnablementDocument
    | TreeDocument
    | GraphDocument
    | ShutdownDocument
    | UpgradeDocument
    | WhyDocument
    | HealthListDocument
    | TopDocument
    | AnalyzeDocument
    | SecurityDocument
    | PermissionsDocument
    | TimersDocument
    | RunListDocument
  );

export type StateName = "STOPPED" | "STARTING" | "STARTED" | "STOPPING";

/** One service. */
export interface ServiceDocument {
  readonly name: string;
  readonly state: StateName;
  readonly target: StateName;
  readonly explicit: boolean;
  /** It is stopped because of a failure: `list` marks it with X. */
  readonly failed: boolean;
  /** Why it stopped last; meaningful while it is stopped. */
  readonly reason: StopReasonName;
  readonly skipped: boolean;
  readonly console: "holding" | "waiting" | null;
  /** @default null, no process */
  readonly pid: number | null;
  /** How the last process ended. @default null, none has ended or it is unknown */
  readonly exit: ExitDocument | null;
  /** Where and why the process could not be launched. @default null, it could */
  readonly launch: { readonly stage: string; readonly error: string } | null;
  /** When the state was entered, as ISO 8601 in UTC. @default absent, unknown */
  readonly since?: string;
  /** Automatic restarts since the service was loaded. @default absent, unknown */
  readonly restarts?: number;
  /**
   * What blocks its start or stop: names of services, `console`, `restart-delay` or `trigger`. @default absent, unknown
   */
  readonly waitingFor?: readonly string[];
  /** The path of its log file. @default absent, it writes to none, or unknown */
  readonly logFile?: string;
  /** Why it failed last. @default absent, it has not failed since it was loaded, or unknown */
  readonly failure?: {
    /** ISO 8601 in UTC. */
    readonly time: string;
    /** The last lines of output, with control characters made visible. */
    readonly output: readonly string[];
    /**
     * The restart limit that it has reached; the interval is in milliseconds. @default absent, the limit was not
     * reached
     */
    readonly limit?: { readonly restarts: number; readonly interval: number };
    /** The program that could not be executed. @default absent, it could */
    readonly program?: string;
    /** What to change in its description. @default absent, the output does not tell */
    readonly advice?: string;
    /** Its output goes to a consumer, or nowhere, so there are no last lines. @default absent, it is kept */
    readonly unkept?: { readonly consumer?: string };
  };
  /** What is known of its health. @default absent, nothing watches it, or unknown */
  readonly health?: HealthDocument;
  /** Its schedule. @default absent, it has none, or unknown */
  readonly timer?: TimerDocument;
  /** Why it was unhealthy when it stopped last. @default absent, that was not the reason */
  readonly unhealthy?: string;
  /** What it costs, with `--figures` and in `top`. @default absent, it has no processes */
  readonly figures?: Figures;
  /** The limit in bytes, if its last process was ended because it needed more memory. @default absent, that was not the reason */
  readonly outOfMemory?: number;
  /** The last lines of the buffered output, with `status --long`. @default absent, there is no buffer */
  readonly log?: readonly string[];
}

export type StopReasonName =
  | "normal"
  | "dependency-restart"
  | "dependency-failed"
  | "failed"
  | "exec-failed"
  | "timed-out"
  | "terminated"
  | "unhealthy"
  | "unknown";

/** How a process ended. */
export interface ExitDocument {
  readonly how: "exited" | "signalled" | "dumped-core";
  /** The exit status or the number of the signal. */
  readonly status: number;
}

/** `list` */
export interface ListDocument {
  readonly command: "list";
  readonly services: readonly ServiceDocument[];
}

/** `status` */
export interface StatusDocument {
  readonly command: "status";
  /** Only in the overview. Fields that the daemon does not provide are absent. */
  readonly daemon?: {
    readonly version?: string;
    /** The release of dinit that the daemon is compatible with. */
    readonly compatibleWith?: string;
    readonly pid?: number;
    /** Milliseconds. */
    readonly uptime?: number;
    readonly socket?: string;
    readonly shuttingDown?: boolean;
    /** Where earlier starts are kept, and the number of this one. @default absent, none are kept, or unknown */
    readonly starts?: { readonly folder: string; readonly own?: number };
  } & LogKeeperStatus;
  readonly services: readonly ServiceDocument[];
  /** Named services that are not loaded. @default absent, none */
  readonly missing?: readonly string[];
}

/** `is-started`, `is-failed` */
export interface CheckDocument {
  readonly command: "is-started" | "is-failed";
  readonly services: readonly {
    readonly name: string;
    /** @default null, not loaded */
    readonly state: StateName | null;
    readonly passed: boolean;
  }[];
}

/** The result for one service of a command. */
export interface ServiceResult {
  readonly name: string;
  /**
   * Its new state or the action; `issued` if the command did not wait. `failed` comes with an `error`, or, for a failed
   * start, with the `reason`.
   */
  readonly result:
    | "started"
    | "stopped"
    | "restarted"
    | "already-started"
    | "already-stopped"
    | "not-started"
    | "still-needed"
    | "issued"
    | "cancelled"
    | "timed-out"
    | "unpinned"
    | "unloaded"
    | "rotated"
    | "too-small"
    | "no-limits"
    | "reloaded"
    | "triggered"
    | "untriggered"
    | "signalled"
    | "failed";
  readonly error?: string;
  /** Help with the error. Its words may change. @default absent, nothing */
  readonly hint?: string;
  /** Why a start failed, line by line. */
  readonly reason?: readonly string[];
}

/** The commands that act on services. */
export interface ServicesDocument {
  readonly command:
    | "start"
    | "stop"
    | "restart"
    | "wake"
    | "release"
    | "unpin"
    | "unload"
    | "reload"
    | "trigger"
    | "untrigger"
    | "signal"
    | "wait"
    | "logs";
  readonly services: readonly ServiceResult[];
}

/** `catlog` */
export interface LogDocument {
  readonly command: "catlog";
  readonly service: string;
  /** The output as lossless byte text. */
  readonly log: string;
  /** Bytes of output that were overwritten or cleared before this piece. @default absent, none */
  readonly lost?: number;
}

/** `signal --list` */
export interface SignalListDocument {
  readonly command: "signal";
  readonly signals: readonly { readonly name: string; readonly number: number }[];
}

/** `why` */
export interface WhyDocument {
  readonly command: "why";
  readonly service: ServiceDocument;
  /** Why it stays down. @default absent, it has not failed */
  readonly cause?: string;
  /** When it is started again after its restart delay, as ISO 8601 in UTC. @default absent, it does not wait for that */
  readonly retryAt?: string;
  /** What it waits for, down to the service that decides. */
  readonly chain: readonly {
    readonly name: string;
    readonly state: StateName;
    readonly waitingFor: readonly string[];
  }[];
  /** The active services that need it, or want it. */
  readonly neededBy: readonly string[];
}

/** `setenv`, `unsetenv`: the changed variables. */
export interface VariablesDocument {
  readonly command: "setenv" | "unsetenv";
  readonly variables: readonly string[];
}

/** `add-dep`, `rm-dep` */
export interface DependencyDocument {
  readonly command: "add-dep" | "rm-dep";
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

/** `enable`, `disable` */
export interface EnablementDocument {
  readonly command: "enable" | "disable";
  readonly from: string;
  readonly to: string;
  /** The path of the link that was made or removed. */
  readonly link: string;
  /** The result of the start of `to`. @default absent, the command did not wait for it */
  readonly services?: readonly ServiceResult[];
}

/** One service in a tree. */
export interface TreeNode {
  readonly name: string;
  readonly state: StateName;
  readonly failed: boolean;
  /** The setting of the edge to its parent. @default absent, it has no parent */
  readonly kind?: string;
  /** It appears elsewhere in the tree with its subtree. @default absent, its subtree is here */
  readonly repeated?: true;
  readonly children: readonly TreeNode[];
}

/** `tree` */
export interface TreeDocument {
  readonly command: "tree";
  readonly reverse: boolean;
  readonly roots: readonly TreeNode[];
}

/** `graph --json`; `graph --format=json` writes the same without `command` and `ok`. */
export interface GraphDocument {
  readonly command: "graph";
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly state: StateName;
    readonly target: StateName;
    readonly failed: boolean;
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
}

/** `shutdown`: the connection has ended. */
export interface ShutdownDocument {
  readonly command: "shutdown";
}

/** `health` */
export interface HealthListDocument {
  readonly command: "health";
  /** The services that the daemon watches, in the order in which it began. */
  readonly health: readonly HealthDocument[];
  /** Named services that it does not watch. @default absent, none */
  readonly missing?: readonly string[];
}

/** `top --once` */
export interface TopDocument {
  readonly command: "top";
  /** Those of the daemon. @default absent, its process cannot be seen */
  readonly daemonFigures?: Figures;
  readonly services: readonly ServiceDocument[];
}

/** `upgrade`: the new program has taken over, or could. `error` has the reason if it could not. */
export interface UpgradeDocument {
  readonly command: "upgrade";
  /** Only a check was asked for. */
  readonly checkOnly: boolean;
  /** The absolute path of the new program. @default absent, the file of the running one */
  readonly program?: string;
}
