/**
 * What kept logs need: the stage between a pipe and a log file. Only a daemon with such services loads it, and its
 * keeper.
 *
 * @module
 */

export { createFileLike } from "./new_file.ts";
export { LineChannel } from "./line_channel.ts";
export { Stage, type StageRecord } from "./stage.ts";
