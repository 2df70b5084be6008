/** From recorded requests to the least line of `deno-permissions`. Pure. */

/** A request of Deno. */
export interface PermissionRequest {
  /** `net`, `read`, … */
  readonly permission: string;
  /** What exactly; `undefined`: all of this kind. */
  readonly value: string | undefined;
}

/** What cannot be in a value: a comma separates the values of Deno's lists, and a line feed ends the line. */
// deno-lint-ignore no-control-regex
const NOT_IN_LISTS = /[,\x00-\x1f\x7f-\x9f]/;

/** The words of `deno-permissions` for some requests: one for each kind, in the order of the first request. */
export function permissionWords(requests: Iterable<PermissionRequest>): string[] {
  const kinds = new Map<string, Set<string> | "all">();
  for (const { permission, value } of requests) {
    const known = kinds.get(permission) ?? new Set();
    if (value === undefined || NOT_IN_LISTS.test(value)) kinds.set(permission, "all");
    else if (known !== "all") kinds.set(permission, known.add(value));
  }
  return Array.from(kinds, ([kind, values]) => values === "all" ? kind : `${kind}=${[...values].join(",")}`);
}

/** The line of the description. @param operator `+=` adds to other lines */
export function permissionLine(words: readonly string[], operator: "=" | "+=" = "="): string {
  return `deno-permissions ${operator}${words.length === 0 ? "" : " "}${quotedWords(words)}`;
}

/** The words as a line has them. */
export function quotedWords(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  const literal = word.replaceAll("$", "$$$$");
  return /[\s"#\\]/.test(literal) ? `"${literal.replaceAll(/["\\]/g, "\\$&")}"` : literal;
}
