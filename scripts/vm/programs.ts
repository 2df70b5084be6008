/** Programs of this machine that make and run the virtual machine. */

/** Each program and its Debian package. */
const PACKAGES: Readonly<Record<string, string>> = {
  "qemu-system-x86_64": "qemu-system-x86",
  "debootstrap": "debootstrap",
  "mke2fs": "e2fsprogs",
  "e2fsck": "e2fsprogs",
  "chroot": "coreutils",
};

/** Directories of programs, including those that only root's PATH has. */
const PATH = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];

/** A program has exited with a status other than 0. */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
  /** @param said standard output and standard error */
  constructor(readonly program: string, readonly status: number, readonly said: string) {
    super(`${program} ended with status ${status}:\n${said}`);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** Why a virtual machine cannot run here, in one line; `undefined` if it can. */
export function reasonAgainst(): string | undefined {
  if (Deno.build.arch !== "x86_64" || Deno.build.os !== "linux") return "needs Linux on x86-64";
  if (Deno.uid() !== 0) return "needs root, as a root filesystem has devices and owners";
  const missing = Object.keys(PACKAGES).filter((name) =>
    !PATH.some((directory) => exists(`${directory}/${name}`))
  );
  if (missing.length === 0) return undefined;
  return `not installed: ${[...new Set(missing.map((name) => PACKAGES[name]))].join(", ")}`;
}

/**
 * Runs a program to its end and returns its standard output.
 * @throws {ProgramFailed} if its status is not 0
 */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const command = new Deno.Command(program, {
    args: [...args],
    env: { PATH: PATH.join(":"), LC_ALL: "C.UTF-8", ...env },
    stdin: "null",
  });
  const { code, stdout, stderr } = command.outputSync();
  const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code !== 0) throw new ProgramFailed(`${program} ${args.join(" ")}`, code, said + complaint);
  return said;
}
