/**
 * Watches files for services: when they change, the process of the service is replaced or gets a signal, or a command
 * runs. Only a daemon with such services loads it. docs/watching.md.
 *
 * @module
 */

export { FileWatches, type FileWatchesContext } from "./file_watches.ts";
