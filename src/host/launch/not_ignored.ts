import { Signal, signalNameOf } from "../../model/mod.ts";
import { kernelFile } from "../../inherited/mod.ts";

/** A shell makes programs ignore this one when it starts them with `&` in a script. */
const { QUIT } = Signal;
/** The last signal with a name. */
const LAST = Signal.SYS;

/**
 * Signals that the daemon was started to ignore. A process would ignore them, too, and never end by its `term-signal`.
 * A signal that somebody listens to has its usual effect in a process, and none in the daemon. The runtime cannot listen
 * to real-time signals: those stay ignored.
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
        if (!(error instanceof Error)) throw error; // one of those that tell of a fault: the runtime keeps them
      }
    }
  }

  end(): void {
    for (const name of this.#listened.splice(0)) Deno.removeSignalListener(name, this.#listener);
  }
}

/** Their numbers. Where the kernel may not be asked, the one that shells make programs ignore. */
function ignoredSignals(): number[] {
  const status = kernelFile("/proc/self/status");
  if (status === undefined) return [QUIT];
  const bits = BigInt(`0x${/^SigIgn:\t([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return Array.from({ length: LAST }, (_, index) => index + 1).filter((signal) =>
    bits >> BigInt(signal - 1) & 1n
  );
}
