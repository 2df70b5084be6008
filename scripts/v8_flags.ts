/**
 * What V8 is told in the binary, in the task `start` and in benchmarks, and what was measured: x86-64, 2 processors,
 * runtime 2.7.11, few runs beside other work.
 *
 * Each half of the young generation may grow to 1 MB, not 16: a daemon makes many small objects that die at once, and
 * room for them is never given back. With 2,200 services, 200 of them restarting twice a second, that is 88 MB of
 * memory in use instead of 104, for about a tenth more processor time. With 40,000 services it is 187 MB instead of 249,
 * for a twentieth more. With 105 services that restart a thousand times a second it is 78 MB, from the 25,000th restart
 * to the 125,000th, instead of 131 (Deno 2.9.6).
 *
 * The heap ends at 512 MB. Left alone, V8 takes a part of the machine's memory as the bound: some gigabytes on a large
 * machine, where garbage may pile up accordingly, and little on a small one, where running into it would be the end of
 * process 1. A service costs about 3 kB, so there is room for far more services than a machine has. Reading 40,000
 * descriptions takes a twentieth more processor time, because garbage is collected more often on the way.
 *
 * Not used: `--single-threaded` has two threads less and needs 20 MB more under the same load, as garbage is only
 * collected between other work; `--optimize-for-size` and `--lite-mode` save nothing that the small young generation
 * does not; `--initial-old-space-size` ends in a crash. Idle memory and start-up are the same with all of them.
 */
export const V8_FLAGS = ["--max-semi-space-size=1", "--max-old-space-size=512"];
