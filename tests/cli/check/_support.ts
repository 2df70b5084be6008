/** What the tests of `dinit-check` share. */

import type { SettingTable } from "../../../src/description/mod.ts";
import { runCheck } from "../../../src/cli/check/main.ts";
import { Services } from "../../description/_support.ts";
import { FakeIo, type Outcome, type Surroundings } from "../_stand_in.ts";

export { Services } from "../../description/_support.ts";
export { type Outcome, StandIn } from "../_stand_in.ts";

/** The top of the repository, with a final slash. */
export const ROOT = decodeURIComponent(new URL("../../../", import.meta.url).pathname);

/** The hint below findings, on standard error. */
export const SECONDARY_DONE = "Secondary checks complete.\n";

class FakeCheckIo extends FakeIo {
  readonly #env: Readonly<Record<string, string>>;

  constructor(surroundings: Surroundings) {
    super(surroundings);
    this.#env = surroundings.env ?? {};
  }

  environment(): Readonly<Record<string, string>> {
    return this.#env;
  }

  gid(): number {
    return 7;
  }

  errorsAtTerminal(): boolean {
    return this.terminal() !== undefined;
  }
}

/** What a run of the checker meets. */
export interface CheckSurroundings extends Surroundings {
  /** What descriptions may set. @default the table of the program */
  readonly settings?: SettingTable;
}

/** Runs `dinit-check` in given surroundings. */
export async function check(
  args: readonly string[],
  { settings, ...surroundings }: CheckSurroundings = {},
): Promise<Outcome> {
  const io = new FakeCheckIo({ uid: 7, ...surroundings });
  const status = await runCheck(args, io, settings);
  return { out: io.output, err: io.errors, status };
}

/** The same with `--explain`. */
export function explained(files: Readonly<Record<string, string>>, surroundings: Surroundings = {}) {
  return findings(files, "s", surroundings, ["--explain"]);
}

/** Checks services of a directory. In the result, `<SD>` stands for the directory. */
export async function checkIn(
  services: Services,
  args: readonly string[] = [],
  surroundings: CheckSurroundings = {},
): Promise<Outcome> {
  const { out, err, status } = await check(["-d", services.directory, ...args], surroundings);
  return { out: services.shorten(out), err: services.shorten(err), status };
}

/** What is found in the service `s` with these descriptions: the lines on standard error but the last. */
export async function findings(
  files: Readonly<Record<string, string>>,
  service = "s",
  surroundings: Surroundings = {},
  options: readonly string[] = [],
): Promise<{ lines: string[]; status: number }> {
  using services = new Services(files);
  const { err, status } = await checkIn(services, [...options, service], surroundings);
  const lines = err.split("\n");
  return { lines: lines.slice(0, lines.indexOf("Secondary checks complete.")), status };
}
