import { cutText } from "../shared/text_width.ts";

/** Rows of cells as lines with columns, the first row as a heading. Each line is cut at the given width. */
export function table(rows: readonly (readonly string[])[], columns: number): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd();
    return `${cutText(line, columns)}\n`;
  }).join("");
}
