/**
 * Saved engines: the documents of an engine, and an engine that continues from them. It is not part of `mod.ts`, because
 * a daemon that starts normally does not need it.
 *
 * @module
 */

export { restore, snapshot } from "./saved/restore.ts";
