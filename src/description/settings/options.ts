/**
 * The flags of `options`, `load-options` and `securebits` (service description 3.6 to 3.8), for the loader and for
 * documentation.
 */

import type { ServiceFlags } from "../../model/mod.ts";
import { ALL_TYPES, SCRIPT_TYPES, type TypeName } from "./type_names.ts";

/** One word of a setting that is a list of flags. */
export interface FlagWord {
  readonly name: string;
  /** One line, for people. */
  readonly summary: string;
}

/** One flag of `options`. */
export interface ServiceOption extends FlagWord {
  /** The types of services that use it; on others it is accepted and ignored. */
  readonly types: readonly TypeName[];
  readonly flag: keyof ServiceFlags;
  /** Flags that it switches on as well. */
  readonly implies: readonly (keyof ServiceFlags)[];
  /** Flags that it switches off. */
  readonly clears: readonly (keyof ServiceFlags)[];
}

function option(
  name: string,
  flag: keyof ServiceFlags,
  summary: string,
  { types = ALL_TYPES, implies = [], clears = [] }: Partial<ServiceOption> = {},
): ServiceOption {
  return { name, flag, summary, types, implies, clears };
}

/** The flags of `options`. */
export const SERVICE_OPTIONS: readonly ServiceOption[] = [
  option(
    "runs-on-console",
    "runsOnConsole",
    "holds the console while the service runs",
    { implies: ["startsOnConsole"], clears: ["sharesConsole"] },
  ),
  option("starts-on-console", "startsOnConsole", "holds the console while the service starts", {
    clears: ["sharesConsole"],
  }),
  option("shares-console", "sharesConsole", "uses the console together with others", {
    types: SCRIPT_TYPES,
    clears: ["runsOnConsole", "startsOnConsole"],
  }),
  option("unmask-intr", "unmaskIntr", "lets an interrupt from the console reach the process", {
    types: SCRIPT_TYPES,
  }),
  option(
    "starts-rwfs",
    "startsRwfs",
    "makes file systems writable: the control socket and the boot log follow",
  ),
  option("starts-log", "startsLog", "makes logging to the system log possible"),
  option("pass-cs-fd", "passCsFd", "hands a control connection to the process, named by DINIT_CS_FD", {
    types: SCRIPT_TYPES,
  }),
  option("start-interruptible", "startInterruptible", "lets an interrupt cancel the start", {
    types: SCRIPT_TYPES,
  }),
  option("skippable", "skippable", "counts a start script that was interrupted as successful", {
    types: ["scripted"],
  }),
  option("signal-process-only", "signalProcessOnly", "signals the process itself and not its group", {
    types: SCRIPT_TYPES,
  }),
  option("always-chain", "alwaysChain", "starts the chain-to service whatever the reason for stopping"),
  option("kill-all-on-stop", "killAllOnStop", "ends all other processes of the machine before stopping", {
    types: ["scripted", "internal"],
  }),
  option("no-new-privs", "noNewPrivs", "denies the process any gain of privileges", {
    types: SCRIPT_TYPES,
  }),
];

/** The flags of `load-options`. */
export const LOAD_OPTIONS: readonly FlagWord[] = [
  {
    name: "export-passwd-vars",
    summary: "adds USER, LOGNAME, HOME, SHELL, UID and GID of the user to the environment",
  },
  { name: "export-service-name", summary: "adds the base name of the service as DINIT_SERVICE" },
  { name: "sub-vars", summary: "accepted for older descriptions; variables are always substituted" },
];

/** The flags of `securebits`. */
export const SECURE_BITS: readonly FlagWord[] = [
  { name: "keep-caps", summary: "keeps permitted capabilities when the user changes" },
  { name: "keep-caps-locked", summary: "forbids changing keep-caps" },
  { name: "no-setuid-fixup", summary: "leaves capabilities alone when user ids change" },
  { name: "no-setuid-fixup-locked", summary: "forbids changing no-setuid-fixup" },
  { name: "noroot", summary: "gives the superuser no capabilities" },
  { name: "noroot-locked", summary: "forbids changing noroot" },
];
