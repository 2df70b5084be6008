/** Where the server has the facts from that it sends to subscribers. The daemon makes one from the ring of the engine. */

/** A fact with its number. What it says is the source's business. */
export interface SourceEvent {
  /** Numbers begin with 1 and have no gaps. */
  readonly seq: number;
}

/** Facts in the order of their numbers, the last of which are kept. */
export interface EventSource {
  /** When the numbering began, in milliseconds since 1970: it tells the numbers of this daemon from those of another. */
  readonly origin: number;
  /** The number of the oldest fact that is kept; one more than `last` if there is none. */
  readonly first: number;
  /** The number of the newest fact; 0 if there was none yet. */
  readonly last: number;
  /** A fact that is kept; `undefined` for other numbers. */
  get(seq: number): SourceEvent | undefined;
  /** From now on the follower gets each fact, synchronously; it must not call the manager. Returns what ends that. */
  follow(follower: (event: SourceEvent) => void): () => void;
  /** The name of the service that a fact is about; `undefined` if it is about none. */
  serviceOf(event: SourceEvent): string | undefined;
  /** A fact as a JSON document. */
  document(event: SourceEvent): string;
}
