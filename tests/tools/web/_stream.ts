/** Reads streams of server-sent events. */

import { soon } from "../../_patience.ts";

/** One message of a stream of server-sent events. */
export interface StreamMessage {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads a stream of server-sent events. */
export class StreamReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(response: Response) {
    this.#reader = response.body!.getReader(); // a stream always has a body
  }

  /** The next message with data. */
  async next(): Promise<StreamMessage> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end === -1) {
        const { value, done } = await soon(this.#reader.read(), "an event");
        if (done) throw new Error("the stream has ended");
        this.#text += this.#decoder.decode(value, { stream: true });
        continue;
      }
      const fields = Object.fromEntries(
        this.#text.slice(0, end).split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)),
      );
      this.#text = this.#text.slice(end + 2);
      if (fields.data !== undefined) {
        return { id: fields.id, event: fields.event, data: JSON.parse(fields.data) };
      }
    }
  }

  /** Ends the stream, as a lost connection does. */
  async cut(): Promise<void> {
    await this.#reader.cancel();
  }
}
