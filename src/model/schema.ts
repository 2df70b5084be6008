/**
 * Schemas of saved data: a missing value gets its default, and a value of the wrong type is refused. The schema of an
 * object names every field of its type, so the type check rejects a new field without a schema.
 */

/** Saved data that is not usable. */
export class SavedStateError extends Error {
  /** Tells this class from others in texts. */
  override readonly name = "SavedStateError";
  /** Where in the saved state, such as `service 3: phase`. */
  readonly path: string;
  /** What is wrong there. */
  readonly problem: string;

  /** Makes an error about the value at a path. */
  constructor(path: string, problem: string) {
    super(`Cannot use the saved state: ${path}: ${problem}`);
    this.path = path;
    this.problem = problem;
  }
}

/** Creates a value from saved data; `undefined` means missing data. Throws `SavedStateError`. */
export type Schema<T> = (saved: unknown, path: string) => T;

function refuse(saved: unknown, path: string, expected: string): never {
  throw new SavedStateError(path, saved === undefined ? "is missing" : `is not ${expected}`);
}

/** A schema with a default for a missing value. */
export function or<T>(schema: Schema<T>, missing: T): Schema<T> {
  return (saved, path) => saved === undefined ? missing : schema(saved, path);
}

/** A value that may be missing. */
export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return or<T | undefined>(schema, undefined);
}

export const number: Schema<number> = (saved, path) =>
  typeof saved === "number" && Number.isFinite(saved) ? saved : refuse(saved, path, "a number");

export const text: Schema<string> = (saved, path) =>
  typeof saved === "string" ? saved : refuse(saved, path, "a text");

export const flag: Schema<boolean> = (saved, path) =>
  typeof saved === "boolean" ? saved : refuse(saved, path, "true or false");

export const bigint: Schema<bigint> = (saved, path) =>
  typeof saved === "bigint" ? saved : refuse(saved, path, "an integer");

/** One of several values. */
export function oneOf<const T extends string | number>(values: Iterable<T>): Schema<T> {
  const known = new Set<unknown>(values);
  const expected = `one of ${[...known].join(", ")}`;
  return (saved, path) => known.has(saved) ? saved as T : refuse(saved, path, expected);
}

/** The first schema that matches the value. */
export function either<A, B>(first: Schema<A>, second: Schema<B>): Schema<A | B> {
  return (saved, path) => {
    try {
      return first(saved, path);
    } catch (error) {
      if (!(error instanceof SavedStateError)) throw error;
      return second(saved, path);
    }
  };
}

export function listOf<T>(item: Schema<T>): Schema<T[]> {
  return (saved, path) =>
    Array.isArray(saved)
      ? saved.map((value, index) => item(value, `${path}[${index}]`))
      : refuse(saved, path, "a list");
}

export function setOf<T>(item: Schema<T>): Schema<Set<T>> {
  return (saved, path) =>
    saved instanceof Set ? new Set(listOf(item)([...saved], path)) : refuse(saved, path, "a set");
}

export function mapOf<Key, Value>(key: Schema<Key>, value: Schema<Value>): Schema<Map<Key, Value>> {
  return (saved, path) => {
    if (!(saved instanceof Map)) return refuse(saved, path, "a map");
    return new Map([...saved].map(([name, inner]) => [key(name, path), value(inner, `${path}.${name}`)]));
  };
}

/** Whether the value is an object with fields. */
export function hasFields(saved: unknown): saved is Readonly<Record<string, unknown>> {
  return typeof saved === "object" && saved !== null && !Array.isArray(saved) && !(saved instanceof Map) &&
    !(saved instanceof Set);
}

/** An object with these fields; other fields are ignored. */
export function object<T>(fields: { readonly [Key in keyof T]-?: Schema<T[Key]> }): Schema<T> {
  const entries = Object.entries(fields) as [string, Schema<unknown>][];
  return (saved, path) => {
    if (!hasFields(saved)) return refuse(saved, path, "an object");
    return Object.fromEntries(
      entries.map(([name, schema]) => [name, schema(saved[name], `${path}.${name}`)]),
    ) as T;
  };
}
