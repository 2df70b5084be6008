import { globalUses } from "./globals.ts";
import { placeOf } from "./paths.ts";
import { roomOf } from "./rooms.ts";

/**
 * `house/no-bare-console`: in the program (main.ts and `src/`) only `src/log` and `src/cli` write to the console.
 * Scripts, tests and services may also do it.
 */
export function noBareConsole(root: string): Deno.lint.Rule {
  return {
    create(context) {
      const place = placeOf(root, context.filename) ?? "";
      const room = roomOf(place);
      if (room === "log" || room === "cli" || (room === undefined && place !== "main.ts")) return {};
      const report = (node: Deno.lint.Node) =>
        context.report({
          node,
          message: "Only src/log and src/cli may use console. Take a log function from the caller, " +
            "or write through src/log.",
        });
      return {
        ...globalUses((name) => name === "console", report),
        MemberExpression(node) {
          const { object, property } = node;
          if (object.type !== "Identifier" || object.name !== "globalThis") return;
          const name = property.type === "Literal" ? property.value : undefined;
          const plain = !node.computed && property.type === "Identifier" ? property.name : name;
          if (plain === "console") report(node);
        },
      };
    },
  };
}
