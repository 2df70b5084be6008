/**
 * The vocabulary of saved state: plain data, schemas, and the store that a room writes its documents to. Only programs
 * that save or restore state load it, so it is not part of `mod.ts`.
 *
 * @module
 */

export * from "./plain.ts";
export * from "./schema.ts";
export * from "./state_store.ts";
