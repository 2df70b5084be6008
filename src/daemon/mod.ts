/**
 * The daemon: its command line, its paths, and the running program that connects engine, host, control socket and logs.
 *
 * @module
 */

export type { DaemonEnd } from "./daemon_context.ts";
export { type CommandLine, type DaemonOptions, parseCommandLine, type Situation } from "./options.ts";
export { type PathContext, serviceDirectories, socketPath } from "./paths.ts";
export { isOpen } from "./readiness.ts";
export { runDaemon } from "./run.ts";
