// The first part of the program with which `dinit build` imports service files, in a Deno without permissions. The
// second part imports each file by its literal path: Deno allows such imports without a permission. The program writes
// one JSON document for each step to standard output, behind a word that the files do not know; what they print goes to
// standard error.

const DEFINITION = Symbol.for("dinit.service");
// Taken before a file can replace them.
const { stringify } = JSON;
const writeSync = Deno.stdout.writeSync.bind(Deno.stdout);
const encoder = new TextEncoder();

for (const method of ["log", "info", "debug"]) console[method] = console.error;

function send(message) {
  let rest = encoder.encode(`\n${TOKEN}${stringify(message)}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(rest));
}

/** A mistake of the author: the message is enough, and its stack says nothing. */
class Mistake extends Error {}

/** A value of a setting as JSON can hold it. */
function plain(value, name, depth) {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value) && depth === 0) return value.map((item, at) => plain(item, `${name}[${at}]`, 1));
  if (isRecord(value) && depth === 0) return plainRecord(value, `${name}.`, 1);
  const what = value === null
    ? "null"
    : Array.isArray(value)
    ? "a list"
    : typeof value === "number"
    ? String(value)
    : `of the type ${typeof value}`;
  throw new Mistake(`'${name}' is ${what}: write a text, a number, true or false`);
}

function plainRecord(record, front, depth) {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value, `${front}${key}`, depth)]));
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Promise);
}

/** What one export describes; nothing if it is no service. */
function described(name, value) {
  if (typeof value !== "object" || value === null || !(DEFINITION in value)) {
    if (name !== "default") return undefined;
    throw new Mistake("the default export is no service: write export default defineService({ … })");
  }
  const definition = value[DEFINITION];
  const isTemplate = typeof definition === "function";
  const settings = isTemplate ? definition("${1}") : definition; // the text that a description has for the argument
  if (!isRecord(settings)) {
    const what = isTemplate ? "the function of a template returns" : "defineService takes";
    throw new Mistake(`${what} an object with settings, such as { command: "…" }, and no promise`);
  }
  return { name, isTemplate, settings: plainRecord(settings, "", 0) };
}

// deno-lint-ignore no-unused-vars -- the second part calls it
async function load(index, importModule) {
  send({ begin: index });
  try {
    const module = await importModule();
    const services = Object.entries(module).map(([name, value]) => described(name, value));
    send({ end: index, services: services.filter((service) => service !== undefined) });
  } catch (error) {
    const isError = error instanceof Error;
    const stack = isError && !(error instanceof Mistake) ? error.stack : "";
    const message = error instanceof Mistake
      ? error.message
      : isError
      ? `${error.name}: ${error.message}`
      : String(error);
    send({ end: index, failed: { message, stack, denied: error instanceof Deno.errors.NotCapable } });
  }
}
