import { placeOf, resolveImport } from "./paths.ts";
import { importFault } from "./rooms.ts";

/**
 * `house/no-upward-import`: a room imports only rooms on lower floors, and only through their `mod.ts`. Types and
 * `import()` with a constant name count like other imports. Code outside `src/` (main.ts, scripts, tests, services) may
 * import every file that is not private.
 */
export function noUpwardImport(root: string): Deno.lint.Rule {
  return {
    create(context) {
      const from = placeOf(root, context.filename);
      if (from === undefined) return {};
      const check = (source: Deno.lint.Node | null) => {
        const specifier = constantText(source);
        if (source === null || specifier === undefined) return;
        const to = resolveImport(root, from, specifier);
        const fault = to === undefined ? undefined : importFault(from, to);
        if (fault !== undefined) context.report({ node: source, message: fault });
      };
      return {
        ImportDeclaration: (node) => check(node.source),
        ExportNamedDeclaration: (node) => check(node.source),
        ExportAllDeclaration: (node) => check(node.source),
        ImportExpression: (node) => check(node.source),
        TSImportType: (node) => check(node.argument),
      };
    },
  };
}

/** The text of a string literal, also in a type (`import("./x.ts").T`). */
function constantText(node: Deno.lint.Node | null): string | undefined {
  if (node?.type === "TSLiteralType") return constantText(node.literal);
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
