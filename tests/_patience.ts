/** Waits with a limit: a test that hangs tells nothing and holds up all others. */

/** How long anything may take at most, in milliseconds. It only ends a hang: a healthy machine needs a fraction. */
export const PATIENCE = 60_000;

/** A text for an error. A function is called only when the text is needed. */
export type Text = string | (() => string);

/** What a promise gives. Throws with the name of what is missing if that takes longer than the limit. */
export async function soon<T>(promise: Promise<T>, what: Text, limit = PATIENCE): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(what, limit)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until a condition gives something true, and returns it. Looks again every `pause` milliseconds. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: Text,
  pause = 5,
): Promise<NonNullable<T>> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const result = await soon(Promise.resolve(condition()), what);
    if (result) return result;
    if (performance.now() > end) throw tooLate(what, PATIENCE);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function tooLate(what: Text, limit: number): Error {
  return new Error(`waited ${limit / 1000} s in vain for ${typeof what === "string" ? what : what()}`);
}
