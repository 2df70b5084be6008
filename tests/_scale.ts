/**
 * The size of the loads in tests. Starting a process takes milliseconds on some machines, so the loads are
 * small; `DINIT_TEST_SCALE=10 deno task test` uses ten times as many processes (before a release).
 */
export const SCALE = Number(Deno.env.get("DINIT_TEST_SCALE") ?? 1);
