import { Signal, signalNameOf } from "../../model/mod.ts";
import { kernelFile } from "../../inherited/mod.ts";

/** Shells make programs ignore this signal when a script starts them with `&`. */
const { QUIT } = Signal;
/** The last signal with a name. */
const LAST = Signal.SYS;

/**
 * Signals that were ignored when the daemon was started. A process would also ignore them, and would not end by its
 * `term-signal`. If the daemon listens to a signal, the signal has its default effect in processes, and none in the
 * daemon. The runtime cannot listen to real-time signals: those stay ignored.
 */
export class NotIgnored {
  readonly #listened: Deno.Signal[] = [];
  readonly #listener = () => {};

  begin(): void {
    for (const number of ignoredSignals()) {
      const name = signalNameOf(number);
      if (name === undefined) continue;
      try {
        Deno.addSignalListener(name, this.#listener);
        this.#listened.push(name);
      } catch (error) {
        if (!(error instanceof Error)) throw error; // a signal for faults of the program, which the runtime reserves
      }
    }
  }

  end(): void {
    for (const name of this.#listened.splice(0)) Deno.removeSignalListener(name, this.#listener);
  }
}

/** Their numbers. If the kernel's file is not readable, the signal that shells make programs ignore. */
function ignoredSignals(): number[] {
  const status = kernelFile("/proc/self/status");
  if (status === undefined) return [QUIT];
  const bits = BigInt(`0x${/^SigIgn:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return Array.from({ length: LAST }, (_, index) => index + 1).filter((signal) =>
    bits >> BigInt(signal - 1) & 1n
  );
}
