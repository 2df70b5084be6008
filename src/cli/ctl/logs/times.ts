/** Times in the lines of logs. */

const BEGINNING = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)/;
const DOCUMENT = /^\{"time":"([^"]{10,40})"/;

/** The time in a line: at its beginning, or in the field `time` of a document. `undefined` if it has none. */
export function timeOfLine(line: string): number | undefined {
  const text = (line.startsWith("{") ? DOCUMENT : BEGINNING).exec(line)?.[1];
  if (text === undefined) return undefined;
  const time = Date.parse(text.replace(",", "."));
  return Number.isNaN(time) ? undefined : time;
}
