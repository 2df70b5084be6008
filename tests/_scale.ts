/**
 * How large the loads of the tests are. Starting a process costs milliseconds on some machines, so the suite puts small
 * loads on; `DINIT_TEST_SCALE=10 deno task test` puts on ten times as many processes (before a release).
 */
export const SCALE = Number(Deno.env.get("DINIT_TEST_SCALE") ?? 1);
