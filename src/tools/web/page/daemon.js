/** The daemon, as this page reaches it: requests, and the stream of its facts. */

const TOKEN_KEY = "dinit-token";
/** The first pause before the stream is opened again and the longest one, in milliseconds. */
const FIRST_PAUSE = 250, LONGEST_PAUSE = 5000;
/** Without a sign of life for this long, the connection is dead: the server sends one every 15 s. */
const SILENCE = 40_000;

/** A request was refused. */
export class RefusedError extends Error {
  constructor(status, { code = "unknown", message = `status ${status}` } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Takes the token from the link, and hides it: the address may be shown to others. */
export function takeToken() {
  const given = /^#t=(.+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(TOKEN_KEY);
}

/** Makes requests with a token, or without one if there is none. */
export class Daemon {
  #headers;

  constructor(token) {
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` };
  }

  /** The JSON document at a path below the interface. Throws `RefusedError`, and `TypeError` without a connection. */
  async get(path) {
    return await (await this.#fetch(path)).json();
  }

  /** The text at a path. */
  async text(path) {
    return await (await this.#fetch(path)).text();
  }

  /** Gives a command to a service. */
  async command(service, word, query = "") {
    return await (await this.#fetch(`services/${inPath(service)}/${word}${query}`, { method: "POST" }))
      .json();
  }

  async #fetch(path, options = {}) {
    const response = await fetch(`/api/v1/${path}`, {
      ...options,
      headers: { ...this.#headers, ...options.headers },
      cache: "no-store",
    });
    if (response.ok) return response;
    const document = await response.json().catch(() => ({}));
    throw new RefusedError(response.status, document.error);
  }

  /**
   * Follows the facts, and opens the stream again when it ends. `take` receives the name and the document of each
   * message; `lost` is called while there is no stream.
   */
  async follow({ take, lost }) {
    let lastId = "";
    let pause = FIRST_PAUSE;
    for (;;) {
      const dead = new AbortController();
      let timer = setTimeout(() => dead.abort(), SILENCE);
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(() => dead.abort(), SILENCE);
      };
      try {
        const headers = lastId === "" ? {} : { "last-event-id": lastId };
        const response = await this.#fetch("events", { headers, signal: dead.signal });
        pause = FIRST_PAUSE;
        for await (const { id, event, data } of messages(response.body, alive)) {
          if (id !== undefined) lastId = id;
          take(event, JSON.parse(data));
        }
      } catch (error) {
        if (error instanceof RefusedError && error.status === 401) return lost(error);
      } finally {
        clearTimeout(timer);
      }
      lost();
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }
}

/** The messages of a stream of server-sent events. */
async function* messages(body, alive) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    alive();
    const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const fields = Object.fromEntries(
        part.split("\n").map((line) => {
          const at = line.indexOf(": ");
          return [line.slice(0, at), line.slice(at + 2)];
        }),
      );
      if (fields.data !== undefined) yield fields;
    }
  }
}

/** A name in a path. Bytes that are not UTF-8 are lone surrogates in the documents of the daemon. */
function inPath(name) {
  return Array.from(
    name,
    (character) =>
      /^[\udc80-\udcff]$/.test(character)
        ? `%${(character.charCodeAt(0) & 0xff).toString(16)}`
        : encodeURIComponent(character),
  ).join("");
}
