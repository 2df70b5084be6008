/**
 * The source of the facts that the server sends to subscribers. The daemon makes one from the event ring of the engine.
 */

/** A fact with its number. Only the source knows its contents. */
export interface SourceEvent {
  /** Numbers begin with 1 and have no gaps. */
  readonly seq: number;
}

/** Facts in the order of their numbers; the source keeps the last ones. */
export interface EventSource {
  /** When the numbering began, in milliseconds since 1970: it identifies the run of the daemon. */
  readonly origin: number;
  /** The number of the oldest kept fact; one more than `last` if there is none. */
  readonly first: number;
  /** The number of the newest fact; 0 if there was none yet. */
  readonly last: number;
  /** A kept fact; `undefined` for other numbers. */
  get(seq: number): SourceEvent | undefined;
  /**
   * From now on the follower receives each fact, synchronously; it must not call the manager. Returns a function that
   * ends this.
   */
  follow(follower: (event: SourceEvent) => void): () => void;
  /** The name of the fact's service; `undefined` if it is about none. */
  serviceOf(event: SourceEvent): string | undefined;
  /** A fact as a JSON document. */
  document(event: SourceEvent): string;
}
