/** Waits for a promise, at most `limit` milliseconds. */
export async function settled(promise: Promise<unknown>, limit: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => timer = setTimeout(resolve, limit))]);
  clearTimeout(timer);
}
