import { placeOf, resolveImport } from "./paths.ts";

const NOT_LITERAL =
  "The module of an import() is a plain string, so that `deno check`, the bundler and `deno publish` see it.";
const NOT_TYPED =
  "Write typed(import(…)): without it `deno check` accepts the name of a module that does not exist.";

/**
 * `house/typed-import`: in `src/` and main.ts an `import()` names its module with a plain string, and the module exists.
 * A module of the repository goes through `typed()` (`src/model/typed_module.ts`), so that `deno check` refuses a wrong
 * name of a module or of what it exports.
 *
 * @param exists Whether there is a file at an absolute path.
 */
export function typedImport(root: string, exists: (path: string) => boolean = isFile): Deno.lint.Rule {
  return {
    create(context) {
      const from = placeOf(root, context.filename);
      if (from === undefined || !(from === "main.ts" || from.startsWith("src/"))) return {};
      return {
        ImportExpression(node) {
          const report = (message: string) => context.report({ node, message });
          const { source, parent } = node;
          if (source.type !== "Literal" || typeof source.value !== "string") return report(NOT_LITERAL);
          const to = resolveImport(root, from, source.value);
          if (to === undefined) return;
          if (!exists(`${root}/${to}`)) report(`${to} does not exist.`);
          const isTyped = parent.type === "CallExpression" && parent.callee.type === "Identifier" &&
            parent.callee.name === "typed";
          if (!isTyped) report(NOT_TYPED);
        },
      };
    },
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
