/** Reads the answer to a check by HTTP/1.1, as far as a check needs it. */

/** The longest head, and how much of a body is read, in bytes. */
export const LONGEST_PART = 64 * 1024;

/** What is known of an answer so far. */
export type Reading =
  /** More is to come. */
  | { readonly kind: "incomplete" }
  /** All of it, or as much of the body as a check reads. */
  | { readonly kind: "complete"; readonly status: number }
  | { readonly kind: "bad"; readonly why: string };

const INCOMPLETE: Reading = { kind: "incomplete" };

/** The head of an answer. */
interface Head {
  readonly status: number;
  /** Of the body, in bytes; `undefined`: until the end of the connection, or of the chunks. */
  readonly length: number | undefined;
  readonly chunked: boolean;
}

/** An answer that arrives in pieces. */
export class HttpAnswer {
  readonly #decoder = new TextDecoder("latin1"); // one character for each byte
  #text = "";
  #head: Head | undefined;

  /** Adds a piece. */
  add(bytes: Uint8Array): Reading {
    this.#text += this.#decoder.decode(bytes);
    while (this.#head === undefined) {
      const end = /\r?\n\r?\n/.exec(this.#text);
      if (end === null) {
        return this.#text.length > LONGEST_PART ? { kind: "bad", why: "its head is too long" } : INCOMPLETE;
      }
      const head = this.#text.slice(0, end.index);
      this.#text = this.#text.slice(end.index + end[0].length);
      const status = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: |\r?\n|$)/.exec(head)?.[1];
      if (status === undefined) return { kind: "bad", why: "the answer is not HTTP/1.1" };
      if (!status.startsWith("1")) this.#head = { status: Number(status), ...bodyOf(head, Number(status)) };
    }
    return this.#isWhole(this.#head) ? { kind: "complete", status: this.#head.status } : INCOMPLETE;
  }

  /** The connection was closed. */
  end(): Reading {
    if (this.#head === undefined) return { kind: "bad", why: "closed without an answer" };
    const { status, length, chunked } = this.#head;
    if (length !== undefined || chunked) return { kind: "bad", why: `${status}, but the answer ended early` };
    return { kind: "complete", status };
  }

  #isWhole({ length, chunked }: Head): boolean {
    const body = this.#text;
    if (body.length >= LONGEST_PART) return true;
    if (chunked) return body === "0\r\n\r\n" || body.endsWith("\r\n0\r\n\r\n");
    return length !== undefined && body.length >= length;
  }
}

function bodyOf(head: string, status: number): Omit<Head, "status"> {
  if (status === 204 || status === 304) return { length: 0, chunked: false };
  if (/\n *transfer-encoding *: *.*chunked/i.test(head)) return { length: undefined, chunked: true };
  const length = /\n *content-length *: *([0-9]{1,15}) *(?:\r|\n|$)/i.exec(head)?.[1];
  return { length: length === undefined ? undefined : Number(length), chunked: false };
}
