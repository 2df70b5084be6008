/**
 * Generated inputs. All tests that use them import `fc` from here, so that the gate always tries the same ones: if it
 * fails, the change is the cause, and not luck. DINIT_PROPERTY_RUNS=N tries N times as many, new ones every time; what
 * fails there becomes a named test. With N below 1, only the first of the gate's are tried.
 */

import fc from "fast-check";

const runs = Deno.env.get("DINIT_PROPERTY_RUNS");

/** The multiple of the gate's number of runs. */
export const EFFORT = Number(runs ?? "1");

if (runs === undefined || EFFORT < 1) fc.configureGlobal({ seed: 20_260_722 });

export { fc };
