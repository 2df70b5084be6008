/**
 * The flags of `options`, `load-options` and `securebits` (service description 3.6 to 3.8), for the loader and for
 * documentation.
 */

import type { ServiceDescription, ServiceFlags } from "../../model/mod.ts";
import { type HostFeature, need } from "./host_features.ts";
import type { Change, Remark, RowFacts } from "./row_facts.ts";
import { ALL_TYPES, SCRIPT_TYPES, type TypeName } from "./type_names.ts";

/** One word of a setting that is a list of flags. If a flag omits a field, the value of its setting applies. */
export interface FlagWord extends Partial<RowFacts> {
  /** As descriptions spell it. */
  readonly name: string;
  /** One line, for people. */
  readonly summary: string;
  /** The types of services that use it; other types accept and ignore it. @default those of the setting */
  readonly types?: readonly TypeName[];
  /** Whether a description has this flag. @default undefined: descriptions do not show it */
  readonly isSet?: (description: ServiceDescription) => boolean;
}

/** One flag of `options`. */
export interface ServiceOption extends FlagWord {
  /** When a change of the flag takes effect for a service that runs. */
  readonly change: Change;
  /** The types of services that use it; on others it is accepted and ignored. */
  readonly types: readonly TypeName[];
  /** The field of the description that it sets. */
  readonly flag: keyof ServiceFlags;
  /** Flags that it also switches on. */
  readonly implies: readonly (keyof ServiceFlags)[];
  /** Flags that it switches off. */
  readonly clears: readonly (keyof ServiceFlags)[];
}

/** The fields that only some flags have; `feature` is what a process with the flag needs from its host. */
type OptionMore = Partial<Omit<ServiceOption, "remark">> & {
  readonly feature?: HostFeature;
  readonly remark?: Omit<Remark, "given">;
};

function option(
  name: string,
  flag: keyof ServiceFlags,
  summary: string,
  change: Change,
  { types = ALL_TYPES, implies = [], clears = [], feature, remark, ...more }: OptionMore = {},
): ServiceOption {
  const isSet = ({ flags }: ServiceDescription) => flags[flag];
  return {
    name,
    flag,
    summary,
    change,
    types,
    implies,
    clears,
    isSet,
    needs: feature === undefined ? [] : [need(feature, isSet)],
    remark: remark && { ...remark, given: ({ description }) => isSet(description) },
    ...more,
  };
}

const CONSOLE_STAYS = "cannot change starts_on_console/shares_console flags for a running service.";
/** For services without a process, the engine itself keeps the console. */
const forProcesses = (flag: keyof ServiceFlags) => [
  need("console", ({ flags }) => flags[flag], { types: SCRIPT_TYPES }),
];

/** The flags of `options`. */
export const SERVICE_OPTIONS: readonly ServiceOption[] = [
  option("runs-on-console", "runsOnConsole", "holds the console while the service runs", "live", {
    implies: ["startsOnConsole"],
    clears: ["sharesConsole"],
    needs: forProcesses("runsOnConsole"),
  }),
  option("starts-on-console", "startsOnConsole", "holds the console while the service starts", "never", {
    clears: ["sharesConsole"],
    refusal: CONSOLE_STAYS,
    needs: forProcesses("startsOnConsole"),
  }),
  option("shares-console", "sharesConsole", "uses the console together with others", "never", {
    types: SCRIPT_TYPES,
    clears: ["runsOnConsole", "startsOnConsole"],
    refusal: CONSOLE_STAYS,
    feature: "console",
  }),
  option("unmask-intr", "unmaskIntr", "lets an interrupt from the console reach the process", "next-start", {
    types: SCRIPT_TYPES,
  }),
  option(
    "starts-rwfs",
    "startsRwfs",
    "makes file systems writable: the control socket and the boot log follow",
    "live",
  ),
  option("starts-log", "startsLog", "makes logging to the system log possible", "live"),
  option(
    "pass-cs-fd",
    "passCsFd",
    "hands a control connection to the process, named by DINIT_CS_FD",
    "next-start",
    {
      types: SCRIPT_TYPES,
      feature: "descriptor",
      remark: { turn: 11, words: "option 'pass_cs_fd' was" },
    },
  ),
  option("start-interruptible", "startInterruptible", "lets an interrupt cancel the start", "live", {
    types: SCRIPT_TYPES,
    remark: { turn: 10, words: "signal options were" },
  }),
  option("skippable", "skippable", "counts a start script that was interrupted as successful", "live", {
    types: ["scripted"],
    remark: { turn: 12, words: "option 'skippable' was" },
  }),
  option("signal-process-only", "signalProcessOnly", "signals the process itself and not its group", "live", {
    types: SCRIPT_TYPES,
    remark: { turn: 10, words: "signal options were" },
  }),
  option(
    "always-chain",
    "alwaysChain",
    "starts the chain-to service whatever the reason for stopping",
    "live",
  ),
  option(
    "kill-all-on-stop",
    "killAllOnStop",
    "ends all other processes of the machine before stopping",
    "live",
    { types: ["scripted", "internal"], feature: "kill-all" },
  ),
  option("no-new-privs", "noNewPrivs", "denies the process any gain of privileges", "next-start", {
    types: SCRIPT_TYPES,
    feature: "no-new-privileges",
    remark: { turn: 13, words: "option 'no_new_privs' was" },
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
