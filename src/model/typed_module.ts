/** The type of a module that exists. `deno check` gives a module that it cannot find the type `any`; this refuses it. */
export type TypedModule<M> = 0 extends 1 & M ? never : M;

/**
 * A module that is imported when it is needed: `typed(import("./x.ts"))`. Without this call `deno check` accepts the
 * name of a module that does not exist, and every name of a function in it.
 */
export function typed<M>(module: Promise<TypedModule<M>>): Promise<M> {
  return module as Promise<M>; // the same type: a module that is found is not `any`
}
