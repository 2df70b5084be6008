/** The lines of services on the console of a daemon at a terminal: they look like those of `logs -f`. */

import { processIo } from "../../shared/io.ts";
import { textStyle } from "../../shared/style.ts";
import { LinePrinter } from "./line_printer.ts";
import { LineSplitter } from "./line_splitter.ts";

/** Shows output of services by whole lines. */
export class ConsoleLines {
  readonly #printer: LinePrinter;
  readonly #splitters = new Map<string, LineSplitter>();

  /** @param write writes one line of the console, without its end */
  constructor(write: (line: string) => void) {
    const out = (data: string | Uint8Array) => {
      if (typeof data === "string") { for (const line of data.trimEnd().split("\n")) write(line); }
    };
    const io = { ...processIo(), out };
    this.#printer = new LinePrinter(io, { json: false, named: true, style: textStyle(io) });
  }

  /** Makes room for the name of a service. */
  expect(service: string): void {
    this.#printer.expect(service);
  }

  /** Shows the lines that end in this piece of a service's output. */
  add(service: string, piece: Uint8Array): void {
    let splitter = this.#splitters.get(service);
    if (splitter === undefined) this.#splitters.set(service, splitter = new LineSplitter());
    for (const text of splitter.add(piece)) this.#printer.line({ service, text });
  }

  /** The output of a service is complete: shows a last line without an end. */
  end(service: string): void {
    for (const text of this.#splitters.get(service)?.end() ?? []) this.#printer.line({ service, text });
    this.#splitters.delete(service);
  }
}
