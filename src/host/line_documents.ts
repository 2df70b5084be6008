import { SavedStateError, type Schema } from "../model/saving.ts";

/** The JSON document in a line; `undefined`: it has none of this form, such as a line that a fault has cut off. */
export function documentIn<T>(line: string, schema: Schema<T>): T | undefined {
  try {
    return schema(JSON.parse(line), "line");
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SavedStateError) return undefined;
    throw error;
  }
}
