/** Reads the command line of `dinit-monitor` (cli 6.1). */

import {
  defaultMonitorOptions,
  DINIT_MONITOR_OPTIONS,
  type MonitorOptions,
} from "../../options/dinit_monitor.ts";
import { scan } from "../../options/mod.ts";
import { monitorFailure } from "./failure.ts";

/**
 * Scans the arguments from left to right, up to `--help` or `--version`; without any it is as with `--help`. Unknown
 * options are ignored. Throws `ToolFailure`.
 */
export function scanMonitorArguments(args: readonly string[]): MonitorOptions {
  const options = defaultMonitorOptions();
  options.help = args.length === 0;
  scan(args, options, {
    options: DINIT_MONITOR_OPTIONS,
    word: (word) => options.names.push(word),
    unknown() {},
    refused: ({ option }) => monitorFailure(option.value?.missing ?? `${option.long} requires an argument`),
  });
  return options;
}
