/** Finds the imports of other files: the linter gives a rule only one syntax tree at a time. */

/**
 * A static import or re-export at the beginning of a line, as `deno fmt` writes it: names, braces and comments up to
 * `from`, or nothing for an import for its effects. Strings rarely contain such a line.
 */
const STATIC_IMPORT =
  /^(?:import|export)\s(?:(?:[\w$\s{},*]|\/\/.*|\/\*[^]*?\*\/)*?\sfrom)?\s*(?:"([^"\n]+)"|'([^'\n]+)')/gm;

/**
 * The specifiers of the static imports and re-exports in a source text, in order. Type imports count, `import()` does
 * not.
 */
export function scanImports(source: string): string[] {
  return Array.from(source.matchAll(STATIC_IMPORT), (match) => match[1] ?? match[2]);
}

/** Reads the imports of files from disk and caches them until the file changes. */
export class ImportReader {
  readonly #known = new Map<string, { modified: number; size: number; imports: string[] }>();

  /** The specifiers that a file imports; none if it cannot be read (the type check reports such an import). */
  imports(path: string): readonly string[] {
    try {
      const { mtime, size } = Deno.statSync(path);
      const modified = mtime?.getTime() ?? 0;
      const known = this.#known.get(path);
      if (known !== undefined && known.modified === modified && known.size === size) return known.imports;
      const imports = scanImports(Deno.readTextFileSync(path));
      this.#known.set(path, { modified, size, imports });
      return imports;
    } catch {
      return [];
    }
  }
}
