/** Where descriptions are looked for when no directory is given (service description 2.2). */

const SYSTEM_DIRECTORIES = ["/etc/dinit.d", "/run/dinit.d", "/usr/local/lib/dinit.d", "/lib/dinit.d"];
const USER_DIRECTORIES = ["/etc/dinit.d/user", "/usr/lib/dinit.d/user", "/usr/local/lib/dinit.d/user"];

/**
 * The default service directories, in the order of the search.
 *
 * @param env The variables of the daemon's environment that matter. An empty `HOME` means to have no home.
 * @param passwdHome The home directory of the real user in the user database, used if `HOME` is not set.
 */
export function defaultServiceDirectories(
  mode: "system" | "user",
  env: { readonly XDG_CONFIG_HOME?: string; readonly HOME?: string },
  passwdHome?: string,
): string[] {
  if (mode === "system") return [...SYSTEM_DIRECTORIES];
  const config = env.XDG_CONFIG_HOME?.replace(/\/$/, "");
  const home = env.HOME ?? passwdHome;
  const own: string[] = [];
  if (env.XDG_CONFIG_HOME) own.push(`${config}/dinit.d`);
  if (home) {
    const inHome = `${home}/.config/dinit.d`;
    if (!own.includes(inHome)) own.push(inHome);
  }
  return own.length === 0 ? [...SYSTEM_DIRECTORIES] : [...own, ...USER_DIRECTORIES];
}
