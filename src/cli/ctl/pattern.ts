/** Patterns of the names of services. */

/** Whether a name is a pattern. A bracket that is not closed is none. */
export function isPattern(name: string): boolean {
  return /[*?]|\[[^]+\]/.test(name);
}

/** A test whether one of the patterns matches a whole name. */
export function nameSelector(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(expressionOf);
  return (name) => expressions.some((expression) => expression.test(name));
}

/**
 * `*` matches any text, `?` one character, `[abc]`, `[a-z]` and `[!abc]` one of a set. An unclosed bracket, and all
 * other characters, match themselves.
 */
function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[\\^$.|+(){}[\]\/]/gu, (part, negated, set) => {
    if (part.startsWith("*")) return ".*";
    if (part === "?") return ".";
    if (set === undefined) return `\\${part}`;
    return `[${negated === "!" ? "^" : ""}${set.replace(/[\\\][^]/g, "\\$&")}]`;
  });
  try {
    return new RegExp(`^(?:${source})$`, "su");
  } catch {
    // A range that runs backwards, such as [z-a], matches nothing.
    return /(?!)/;
  }
}
