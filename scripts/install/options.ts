/** The command line of `deno task install`. */

/** The source and the destination of an installation. Directories are absolute and have no final slash. */
export interface InstallOptions {
  /** The prefix of every path to write to, which does not appear in the contents of files. Empty: none. */
  readonly destination: string;
  readonly prefix: string;
  readonly sbindir: string;
  readonly mandir: string;
  /** The directory of `dinit`. */
  readonly dist: string;
  /** Whether to install `shutdown`, `halt`, `poweroff`, `reboot`, `soft-reboot` and their manual pages. */
  readonly shutdown: boolean;
  readonly uninstall: boolean;
}

/** An invalid command line; the message is for the user. */
export class InstallUsageError extends Error {
  override readonly name = "InstallUsageError";
}

/** The output of `--help`. */
export const INSTALL_HELP = `Usage: deno task install [options]

  --prefix=DIR        where to install [/usr]
  --sbindir=DIR       the directory of shutdown and dinit-init [PREFIX/sbin]
  --mandir=DIR        the directory of manual pages [PREFIX/share/man]
  --dist=DIR          the directory that holds the compiled dinit [dist]
  --without-shutdown  leave out shutdown, halt, poweroff, reboot and soft-reboot
  --uninstall         remove what the same options would install
  --help              display this help

With DESTDIR set in the environment everything is written below that directory.
`;

/**
 * Reads the command line. Undefined: the user asked for help. Throws `InstallUsageError`.
 *
 * @param destination the value of `DESTDIR`
 */
export function parseInstallOptions(
  args: readonly string[],
  destination: string | undefined,
): InstallOptions | undefined {
  const given = new Map<string, string>();
  for (const word of args) {
    if (word === "--help") return undefined;
    const [, name, value] = /^(--[a-z]+(?:-[a-z]+)*)(?:=(.*))?$/s.exec(word) ?? [];
    const isFlag = name === "--without-shutdown" || name === "--uninstall";
    const isDirectory = name === "--dist" || name === "--prefix" || name === "--sbindir" ||
      name === "--mandir";
    if (!isFlag && !isDirectory) throw new InstallUsageError(`unknown option: ${word}`);
    if (isFlag && value !== undefined) throw new InstallUsageError(`${name} takes no value`);
    if (isDirectory && !value) throw new InstallUsageError(`${name} needs a value: ${name}=DIR`);
    given.set(name, value ?? "");
  }
  const directory = (name: string, otherwise: string): string => {
    const value = given.get(name) ?? otherwise;
    if (!value.startsWith("/")) throw new InstallUsageError(`${name} must be an absolute path`);
    return value.replace(/\/+$/, "");
  };
  const prefix = directory("--prefix", "/usr");
  return {
    destination: (destination ?? "").replace(/\/+$/, ""),
    prefix,
    sbindir: directory("--sbindir", `${prefix}/sbin`),
    mandir: directory("--mandir", `${prefix}/share/man`),
    dist: given.get("--dist") ?? "dist",
    shutdown: !given.has("--without-shutdown"),
    uninstall: given.has("--uninstall"),
  };
}
