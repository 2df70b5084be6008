/**
 * The rules of the house, as a plugin of `deno lint`: `"lint": { "plugins": ["./scripts/lint/plugin.ts"] }`.
 *
 * @module
 */

import { housePlugin } from "./house.ts";

/** The rules for the repository that contains this file. */
const plugin: Deno.lint.Plugin = housePlugin(`${import.meta.dirname}/../..`);

export default plugin;
