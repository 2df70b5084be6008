/** The failures of `dinit-web`. */

/** It cannot begin. The message is complete. */
export class WebFailure extends Error {
  override readonly name = "WebFailure";

  /** @param message what is wrong, and what to do, without the name of the program */
  constructor(message: string, cause?: unknown) {
    super(`dinit-web: ${message}`, cause === undefined ? undefined : { cause });
  }
}

/** A request cannot be answered: its status, a constant word for programs, and a text for people. */
export class RequestFailure extends Error {
  override readonly name = "RequestFailure";
  readonly status: number;
  readonly code: string;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** A service is not loaded, although it must be. */
export function notLoaded(): RequestFailure {
  return new RequestFailure(404, "not-loaded", "service not loaded.");
}
