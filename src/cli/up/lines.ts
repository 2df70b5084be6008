/** The lines of all services in the view of `dinit up`: those of `logs -f`, of which some can be hidden. */

import type { ControlClient } from "../../client/mod.ts";
import { Handles } from "../../client/event_steps.ts";
import { follow } from "../ctl/logs/follow.ts";
import { LineFilter } from "../ctl/logs/line_filter.ts";
import { LinePrinter, type LogLine, type LogMark } from "../ctl/logs/line_printer.ts";
import { findSources } from "../ctl/logs/logs.ts";
import { nameSelector } from "../ctl/selection.ts";
import { failureText } from "../shared/failure.ts";
import type { CtlIo } from "../shared/io.ts";
import { textStyle } from "../shared/style.ts";

/** Which services the view shows the lines of. */
export class Visibility {
  #shows: (name: string) => boolean = () => true;

  /** @param pattern `-` for none */
  choose(pattern: string): void {
    this.#shows = pattern === "-" ? () => false : nameSelector([pattern]);
  }

  shows(service: string): boolean {
    return this.#shows(service);
  }
}

class VisiblePrinter extends LinePrinter {
  readonly #visibility: Visibility;

  constructor(io: CtlIo, visibility: Visibility) {
    super(io, { json: false, named: true, style: textStyle(io) });
    this.#visibility = visibility;
  }

  override line(line: LogLine): boolean {
    return !this.#visibility.shows(line.service) || super.line(line);
  }

  override mark(mark: LogMark): boolean {
    return !this.#visibility.shows(mark.service) || super.mark(mark);
  }
}

/**
 * Shows the lines until the daemon ends, or nobody reads the output.
 *
 * @param io writes the lines
 * @param lines how many earlier lines of each service to show
 */
export async function showLines(
  client: ControlClient,
  io: CtlIo,
  visibility: Visibility,
  lines: number,
): Promise<void> {
  const handles = new Handles(client);
  const isSelected = () => true;
  await follow({
    handles,
    isSelected,
    lines,
    io,
    filter: new LineFilter(),
    printer: new VisiblePrinter(io, visibility),
    sources: () =>
      findSources(client, () => Promise.resolve(handles), {
        words: [],
        isSelected,
        pending: true,
        report: (failure) => io.err(failureText(failure, io)),
      }),
  });
}
