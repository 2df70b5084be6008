import { globalUses } from "./globals.ts";
import { placeOf } from "./paths.ts";
import { roomOf } from "./rooms.ts";

/** Names that make results depend on more than the inputs, and their replacements. */
const TIMER = "Take a clock or a timer from the caller (the interface `Clock`).";
const TIME = "Take the time from the caller (the interface `Clock`).";
const CHANCE = "Take random values from the caller.";
const OUTSIDE = "Declare an interface for it here and let src/host implement it.";

/** Global variables of the runtime. */
const GLOBALS: ReadonlyMap<string, string> = new Map([
  ["Deno", OUTSIDE],
  ["globalThis", OUTSIDE],
  ["fetch", OUTSIDE],
  ["Worker", OUTSIDE],
  ["setTimeout", TIMER],
  ["setInterval", TIMER],
  ["clearTimeout", TIMER],
  ["clearInterval", TIMER],
  ["performance", TIME],
  ["crypto", CHANCE],
]);

/** Members of objects that are otherwise harmless. */
const MEMBERS: ReadonlyMap<string, string> = new Map([["Date.now", TIME], ["Math.random", CHANCE]]);

/**
 * `house/no-deno-in-core`: `src/engine` and `src/model` compute the same outputs from the same inputs. So they do not
 * use the runtime: no `Deno`, no modules of Node, no timers, clock, random numbers, network or workers.
 */
export function noDenoInCore(root: string): Deno.lint.Rule {
  return {
    create(context) {
      const room = roomOf(placeOf(root, context.filename) ?? "");
      if (room !== "engine" && room !== "model") return {};
      const report = (node: Deno.lint.Node, what: string, instead: string) =>
        context.report({ node, message: `src/${room} is pure and may not use ${what}. ${instead}` });
      const checkModule = (source: Deno.lint.Node | null) => {
        if (source?.type !== "Literal" || typeof source.value !== "string") return;
        if (source.value.startsWith("node:")) report(source, source.value, OUTSIDE);
      };
      return {
        ...globalUses(
          (name) => GLOBALS.has(name),
          (use) => report(use, use.name, GLOBALS.get(use.name) ?? ""),
        ),
        ImportDeclaration: (node) => checkModule(node.source),
        ExportNamedDeclaration: (node) => checkModule(node.source),
        ExportAllDeclaration: (node) => checkModule(node.source),
        ImportExpression: (node) => checkModule(node.source),
        MemberExpression(node) {
          const name = memberName(node);
          const instead = MEMBERS.get(name);
          if (instead !== undefined) report(node, name, instead);
        },
        NewExpression(node) {
          if (
            node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0
          ) {
            report(node, "the current date", TIME);
          }
        },
      };
    },
  };
}

/** `a.b` for `a.b` and `a["b"]`; empty for anything else. */
function memberName(node: Deno.lint.MemberExpression): string {
  if (node.object.type !== "Identifier") return "";
  const { property } = node;
  if (!node.computed && property.type === "Identifier") return `${node.object.name}.${property.name}`;
  return property.type === "Literal" ? `${node.object.name}.${property.value}` : "";
}
