/**
 * Patterns of paths: `*` and `?` stand for characters of one name, `**` for any number of folders, `[ab]` for one of
 * these characters, `{a,b}` for one of these texts. A pattern that matches a folder matches everything below it. `!` in
 * front excludes.
 */

/** Names that no service wants to watch, unless a pattern has them. */
const IGNORED = [".git", ".hg", ".svn", "node_modules", ".dinit"] as const;
/** Names of files that editors and the system write beside the file that is saved. */
const TEMPORARY = /^(?:\.#.*|#.*#|.*~|\..*\.sw[a-z]|4913|\.nfs.*|\.goutputstream-.*)$/;

/** A pattern that includes files. */
export interface IncludedPattern {
  /** As the description has it. */
  readonly text: string;
  /** The folder, or the single path, to which the pattern belongs: all before the first name with a wildcard. */
  readonly base: string;
  /** Whether the path, which is absolute, matches. */
  matches(path: string): boolean;
}

/** What a service watches. */
export class Patterns {
  readonly included: readonly IncludedPattern[];
  readonly #excluded: readonly RegExp[];
  readonly #ignored: readonly string[];
  readonly #own: readonly string[];

  /**
   * @param directory Where relative patterns begin; absolute.
   * @param own Files that the service writes itself, such as its log: these and their archives never count.
   */
  constructor(patterns: readonly string[], directory: string, own: readonly string[] = []) {
    const excluded = patterns.filter((text) => text.startsWith("!")).map((text) => text.slice(1));
    this.included = patterns.filter((text) => !text.startsWith("!")).map((text) =>
      includedPattern(text, directory)
    );
    this.#excluded = excluded.map((text) => expression(resolved(text, directory)));
    this.#ignored = IGNORED.filter((name) =>
      !this.included.some(({ text }) => text.split("/").includes(name))
    );
    this.#own = own;
  }

  /** Whether a change of this file counts. The path is absolute. */
  matches(path: string): boolean {
    return !this.#isExcluded(path) && !TEMPORARY.test(nameOf(path)) &&
      !this.#own.some((own) => path === own || path.startsWith(`${own}.`)) &&
      this.included.some((pattern) => pattern.matches(path));
  }

  /** Whether there may be files below this folder whose changes count. */
  enters(folder: string): boolean {
    return !this.#isExcluded(folder);
  }

  #isExcluded(path: string): boolean {
    const base = this.included.find(({ base }) => path.startsWith(`${base}/`))?.base ?? "";
    const names = path.slice(base.length).split("/");
    return this.#ignored.some((name) => names.includes(name)) || this.#excluded.some((one) => one.test(path));
  }
}

function includedPattern(text: string, directory: string): IncludedPattern {
  const path = resolved(text, directory);
  const names = path.split("/");
  const wild = names.findIndex((name) => /[*?[{]/.test(name));
  const base = wild === -1 ? path : names.slice(0, wild).join("/") || "/";
  const matcher = expression(path);
  return { text, base, matches: (candidate) => matcher.test(candidate) };
}

/** The absolute path of a pattern, without `.` and `..`. */
function resolved(text: string, directory: string): string {
  const names: string[] = [];
  for (const name of (text.startsWith("/") ? text : `${directory}/${text}`).split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

/** An expression for the path and everything below it. */
function expression(path: string): RegExp {
  let source = "";
  let open = 0;
  for (let at = 0; at < path.length; at++) {
    const sign = path[at];
    if (path.startsWith("/**/", at)) {
      source += "/(?:.*/)?";
      at += 3;
    } else if (path.startsWith("/**", at) && at + 3 === path.length) {
      source += "/.*";
      at += 2;
    } else if (sign === "*") {
      source += "[^/]*";
    } else if (sign === "?") {
      source += "[^/]";
    } else if (sign === "[" && path.indexOf("]", at + 2) !== -1) {
      const end = path.indexOf("]", at + 2);
      const not = path[at + 1] === "!";
      source += `[${not ? "^/" : ""}${path.slice(at + (not ? 2 : 1), end).replaceAll(/[\\[\]^]/g, "\\$&")}]`;
      at = end;
    } else if (sign === "{" && path.indexOf("}", at) !== -1) {
      source += "(?:";
      open += 1;
    } else if (sign === "," && open > 0) {
      source += "|";
    } else if (sign === "}" && open > 0) {
      source += ")";
      open -= 1;
    } else {
      source += sign.replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&");
    }
  }
  try {
    return new RegExp(`^${source}${open > 0 ? ")".repeat(open) : ""}(?:/.*)?$`, "s");
  } catch {
    return new RegExp(`^${path.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&")}(?:/.*)?$`, "s"); // such as [z-a]
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
