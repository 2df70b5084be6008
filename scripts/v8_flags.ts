/**
 * The flags of V8 for the binary, the task `start` and benchmarks, and their measured effects: x86-64, 2 processors,
 * runtime 2.7.11, few runs beside other work.
 *
 * Each half of the young generation may grow to 1 MB instead of 16: a daemon makes many small objects that die at once,
 * and V8 never shrinks this space. With 2,200 services, 200 of them restarting twice a second, 88 MB of memory are in
 * use instead of 104, for about a tenth more processor time. With 40,000 services it is 187 MB instead of 249, for a
 * twentieth more. With 105 services that restart a thousand times a second it is 78 MB instead of 131, from the
 * 25,000th restart to the 125,000th (Deno 2.9.6).
 *
 * The heap is limited to 512 MB. By default, V8 uses a part of the machine's memory as the limit. On a large machine
 * that is some gigabytes, so that garbage piles up; on a small one it is little, and reaching it would end process 1. A
 * service costs about 3 kB, so there is room for far more services than a machine has. Reading 40,000 descriptions
 * takes a twentieth more processor time, because garbage is collected more often.
 *
 * `--expose-gc` lets the daemon collect garbage when nothing has happened for a while. V8 would do that only when its
 * heap grows, and keeps the memory.
 *
 * Not used: `--single-threaded` has two threads less and needs 20 MB more under the same load, because garbage is
 * collected only between other work; `--optimize-for-size` and `--lite-mode` save no more than the small young
 * generation does; `--initial-old-space-size` crashes. Idle memory and start-up are the same with all of them.
 */
export const V8_FLAGS = ["--max-semi-space-size=1", "--max-old-space-size=512", "--expose-gc"];
