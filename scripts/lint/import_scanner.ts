/** Finds the imports of files that are not being linted: the linter hands a rule only one syntax tree at a time. */

/**
 * A static import or re-export that begins a line, as `deno fmt` writes them: names, braces and comments up to
 * `from`, or nothing for an import of effects. Text in strings rarely begins a line like that.
 */
const STATIC_IMPORT =
  /^(?:import|export)\s(?:(?:[\w$\s{},*]|\/\/.*|\/\*[^]*?\*\/)*?\sfrom)?\s*(?:"([^"\n]+)"|'([^'\n]+)')/gm;

/** The specifiers of the static imports and re-exports in a source text, in order. Types count, `import()` does not. */
export function scanImports(source: string): string[] {
  return Array.from(source.matchAll(STATIC_IMPORT), (match) => match[1] ?? match[2]);
}

/** Reads the imports of files from disk and remembers them until the file changes. */
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
