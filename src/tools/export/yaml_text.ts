/** Plain data as YAML that old and new parsers read alike. */

import { stringify } from "yaml";

/** The text of a document. Words such as `no`, which YAML 1.1 takes for a boolean, have quotes; there are no aliases. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, version: "1.1", directives: false });
}
