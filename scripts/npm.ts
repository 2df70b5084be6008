/**
 * `deno task npm`: the client library as a package for Node, `dist/npm/`, ready for `npm pack`. It has one module,
 * `client.js`, its types, and the same name as the package for Deno: `@dinit/dinit/client`.
 *
 * @module
 */

const LIBRARY = "src/client/library.ts";
const BUILT_INTO_NODE = ["node:net", "node:os", "node:process"];

/**
 * Node 20 does not have `Promise.withResolvers`. A library must not change global objects, so the module gets a private
 * version.
 */
const WITH_RESOLVERS = `function promiseWithResolvers() {
  let resolve, reject;
  const promise = new Promise((...settle) => [resolve, reject] = settle);
  return { promise, resolve, reject };
}
`;

/**
 * The bundler puts the types of all modules into one file, but leaves imports of modules whose types only internal
 * parts use. No program needs these types: they become empty ones, so that the file is complete.
 */
export function standAlone(types: string): string {
  const names = new Set<string>();
  const rest = types.replaceAll(/^import (?:type )?\{([^}]*)\} from "\.[^"]*";\n/gm, (_, list: string) => {
    for (const name of list.split(",")) names.add(name.replace(/^\s*type\s/, "").trim());
    return "";
  });
  const isDeclared = (name: string) => new RegExp(`\\b(?:interface|class|type) ${name}\\b`).test(rest);
  const inner = [...names].filter((name) => name !== "" && !isDeclared(name));
  return inner.map((name) => `interface ${name} {}\n`).join("") + rest;
}

/** The contents of `package.json`, from those of `deno.json`. */
export function packageJson({ name, version, license }: Readonly<Record<string, string>>): unknown {
  return {
    name,
    version,
    license,
    description: "Client library for the service manager dinit",
    type: "module",
    engines: { node: ">=20" },
    os: ["linux"],
    exports: { "./client": { types: "./client.d.ts", default: "./client.js" } },
    files: ["client.js", "client.d.ts"],
  };
}

/** Bundles a module and its types into `NAME.js` and `NAME.d.ts`. Throws an `Error` if that fails. */
export async function bundleLibrary(source: string, directory: string, name: string): Promise<void> {
  const module = `${directory}/${name}.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      ...BUILT_INTO_NODE.flatMap((name) => ["--external", name]),
      "--declaration",
      "-o",
      module,
      source,
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`cannot bundle ${source}: ${new TextDecoder().decode(stderr)}`);
  const types = `${directory}/${name}.d.ts`;
  await Deno.writeTextFile(types, standAlone(await Deno.readTextFile(types)));
}

/** Writes the package into a directory. Throws an `Error` if bundling fails. */
export async function buildPackage(directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  await bundleLibrary(LIBRARY, directory, "client");
  const module = `${directory}/client.js`;
  const code = await Deno.readTextFile(module);
  await Deno.writeTextFile(
    module,
    WITH_RESOLVERS + code.replaceAll("Promise.withResolvers(", "promiseWithResolvers("),
  );
  const settings = JSON.parse(await Deno.readTextFile("deno.json"));
  await Deno.writeTextFile(
    `${directory}/package.json`,
    `${JSON.stringify(packageJson(settings), null, 2)}\n`,
  );
  await Deno.copyFile("LICENSE", `${directory}/LICENSE`);
  await Deno.copyFile("docs/client.md", `${directory}/README.md`);
}

if (import.meta.main) await buildPackage("dist/npm");
