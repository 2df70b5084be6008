/** Finds uses of global variables, but not properties and local variables with the same name. */

/** Any node; Deno's type omits one kind. */
type Node = Deno.lint.Node | Deno.lint.TSParameterProperty;

/**
 * A visitor that reports every use of these global variables, at the end of the file. A variable, parameter, function
 * or import with the same name hides the global one in the block, function or file that declares it.
 */
export function globalUses(
  inQuestion: (name: string) => boolean,
  report: (use: Deno.lint.Identifier) => void,
): Deno.lint.LintVisitor {
  const uses: Deno.lint.Identifier[] = [];
  const hidden: { name: string; within: Node }[] = [];
  return {
    Identifier(node) {
      if (!inQuestion(node.name) || !isVariable(node)) return;
      const within = declaredWithin(node);
      if (within === undefined) uses.push(node);
      else hidden.push({ name: node.name, within });
    },
    "Program:exit"() {
      for (const use of uses) {
        if (!hidden.some(({ name, within }) => name === use.name && contains(within, use))) report(use);
      }
    },
  };
}

/**
 * Whether an identifier refers to a variable. `b` in `a.b`, `{ b: 1 }`, `interface X { b(): void }` and `import { b as
 * c }` does not; `b` in `b.a`, `{ b }`, `a[b]` and the type `b.T` does.
 */
function isVariable(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  switch (parent.type) {
    case "MemberExpression":
      return parent.computed || parent.property !== node;
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.computed || parent.key !== node;
    case "TSQualifiedName":
      return parent.right !== node;
    case "ImportSpecifier":
      return parent.local.name === node.name;
    case "ExportSpecifier":
      return parent.local === node;
    default:
      return true;
  }
}

/** If an identifier declares a variable: the scope of the variable. */
function declaredWithin(identifier: Deno.lint.Identifier): Node | undefined {
  let node: Node = identifier;
  let parent: Node = identifier.parent;
  while (isPatternPart(node, parent)) [node, parent] = [parent, parentOf(parent)];
  switch (parent.type) {
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
      return enclosingScope(parent);
    case "VariableDeclarator":
    case "FunctionDeclaration":
    case "ClassDeclaration":
      if (parent.id === node) return enclosingScope(parent);
      break;
    case "CatchClause":
      return parent.param === node ? parent : undefined;
  }
  // Functions, methods and function types; other nodes have no parameters.
  const { params } = parent as { params?: readonly Node[] };
  return params?.includes(node) ? parent : undefined;
}

/** Whether a node is part of its parent's destructuring pattern or parameter. */
function isPatternPart(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case "ArrayPattern":
    case "ObjectPattern":
    case "RestElement":
    case "TSParameterProperty":
      return true;
    case "AssignmentPattern":
      return parent.left === node;
    case "Property":
      return parent.value === node && parent.parent.type === "ObjectPattern";
    default:
      return false;
  }
}

/** The block, loop or file around a declaration. */
function enclosingScope(declaration: Node): Node {
  const scope = /^(?:Program|BlockStatement|StaticBlock|SwitchStatement|For\w*Statement|TSModuleBlock)$/;
  let node = parentOf(declaration);
  while (!scope.test(node.type)) node = parentOf(node);
  return node;
}

/** The parent of a node; a program is its own parent. */
function parentOf(node: Node): Node {
  return "parent" in node ? node.parent : node;
}

function contains(outer: Node, inner: Node): boolean {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}
