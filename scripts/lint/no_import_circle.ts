import { ImportReader } from "./import_scanner.ts";
import { placeOf, resolveImport } from "./paths.ts";

/**
 * `house/no-import-circle`: no circle of static imports among the files of `src/`. Type imports count, too: they cost
 * nothing at run time, but two files that need each other's types are two halves of one concept. `import()` does not
 * count, neither as an expression nor as a type: it loads a file late on purpose.
 *
 * Each import of a circle is reported in its own file. So the author sees the report in whichever file was edited last.
 */
export function noImportCircle(root: string): Deno.lint.Rule {
  const reader = new ImportReader();
  return {
    create(context) {
      const place = placeOf(root, context.filename);
      if (place === undefined || !place.startsWith("src/")) return {};
      const check = (source: Deno.lint.StringLiteral | null) => {
        const target = source === null ? undefined : resolveImport(root, place, source.value);
        const way = target === undefined ? undefined : wayBack(root, reader, target, place);
        if (source === null || way === undefined) return;
        const message = `Import circle: ${[place, ...way].join(" -> ")}. ` +
          "Move what these files share to a file that imports none of them.";
        context.report({ node: source, message });
      };
      return {
        ImportDeclaration: (node) => check(node.source),
        ExportNamedDeclaration: (node) => check(node.source),
        ExportAllDeclaration: (node) => check(node.source),
      };
    },
  };
}

/** A shortest path along imports within `src/`, including both ends; `undefined` if there is none. */
function wayBack(root: string, reader: ImportReader, from: string, to: string): string[] | undefined {
  const reachedFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const place of reachedFrom.keys()) {
    if (place === to) {
      const way: string[] = [];
      for (let step: string | undefined = place; step !== undefined; step = reachedFrom.get(step)) {
        way.unshift(step);
      }
      return way;
    }
    for (const specifier of reader.imports(`${root}/${place}`)) {
      const next = resolveImport(root, place, specifier);
      if (next?.startsWith("src/") && !reachedFrom.has(next)) reachedFrom.set(next, place);
    }
  }
  return undefined;
}
