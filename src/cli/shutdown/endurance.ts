/** How the shutdown program survives until the machine is down: signals, errors, and its own last step. */

/**
 * The signals that a process can catch, except those for its own faults: after an ignored fault, the same fault happens
 * again at once.
 */
const CAUGHT: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
  "SIGSTKFLT",
  "SIGCHLD",
  "SIGCONT",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGWINCH",
  "SIGIO",
  "SIGPWR",
];

/**
 * From now on neither a signal nor an uncaught error ends the program; errors are reported. Programs that it starts are
 * not affected.
 */
export function endure(complain: (text: string) => void): void {
  for (const signal of CAUGHT) Deno.addSignalListener(signal, () => {});
  const tell = (error: unknown) =>
    complain(`shutdown: ${error instanceof Error ? error.stack ?? error.message : error}\n`);
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    tell(event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    tell(event.reason);
  });
}

/** The longest time of a timer, in milliseconds. */
const LONG = 2 ** 31 - 1;

/** Never returns. */
export function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, LONG));
}
