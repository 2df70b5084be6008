/** The common parts of the example's programs: settings, and the handling of errors. */

/** An error that a person can correct. Its message is all they need to read. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/**
 * Runs a program. An error becomes one line, `NAME: reason`, and exit code 1. The line goes to the log file of the
 * service, and the service manager decides whether to try again.
 */
export async function run(name: string, main: () => Promise<void> | void): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}

/** A setting from `services/environment`. */
export function setting(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined || value === "") {
    throw new Failure(`${name} is not set (start the daemon with -e services/environment)`);
  }
  return value;
}

/** A setting that is a whole number, such as a port or a time in milliseconds. */
export function numberSetting(name: string, least: number, most: number): number {
  const value = setting(name);
  const number = Number(value);
  if (!/^[0-9]+$/.test(value) || number < least || number > most) {
    throw new Failure(`${name} must be a whole number from ${least} to ${most}, not '${value}'`);
  }
  return number;
}

/** A setting that is a TCP port. */
export function portSetting(name: string): number {
  return numberSetting(name, 1, 65535);
}

/**
 * Opens the port of a setting with `open`. If another program uses it, opens one of `others` instead and says so on
 * standard output.
 */
export function openPort<T>(name: string, others: Iterable<number>, open: (port: number) => T): T {
  const wanted = portSetting(name);
  for (const port of [wanted, ...others]) {
    try {
      return open(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      console.log(`port ${port} is in use by another program`);
    }
  }
  throw new Failure(
    `port ${wanted} and those after it are in use (choose another ${name} in services/environment)`,
  );
}

/** Replaces the content of a file. A reader sees the old content or the new content, never a mixture. */
export function replaceFile(path: string, content: string): void {
  Deno.writeTextFileSync(`${path}.tmp`, content);
  Deno.renameSync(`${path}.tmp`, path);
}

/** Resolves after this time. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
