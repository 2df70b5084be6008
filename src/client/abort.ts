/**
 * The result of the promise, or the signal's reason if that comes first.
 *
 * @param signal @default nothing ends the wait early
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  promise.catch(() => {});
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Resolves after this many milliseconds, or rejects with the signal's reason. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer;
  const over = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  try {
    await unlessAborted(over, signal);
  } finally {
    clearTimeout(timer);
  }
}
