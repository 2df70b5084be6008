/** The answer to a request that failed, with the texts of `dinitctl`. */

import { ControlError } from "../../client/mod.ts";
import {
  CancelledError,
  LoadFailedError,
  NotLoadedError,
  RefusedError,
  StartFailedError,
} from "../../client/library.ts";
import { dependentsText, LOAD_FAILURE_TEXTS, refusalText } from "../../model/refusals.ts";
import { notLoaded, RequestFailure } from "./failure.ts";

/** Words an error; `undefined` for a bug of this program. */
export function requestFailure(error: unknown): RequestFailure | undefined {
  if (error instanceof RequestFailure) return error;
  if (error instanceof RefusedError) return refusal(error);
  if (error instanceof LoadFailedError) return loadFailure(error);
  if (error instanceof NotLoadedError) return notLoaded();
  if (error instanceof StartFailedError) {
    const reason = error.status === undefined ? "" : ` (${error.status.reason})`;
    return new RequestFailure(409, error.code, `service '${error.service}' failed to start${reason}.`);
  }
  if (error instanceof CancelledError) {
    return new RequestFailure(
      409,
      error.code,
      `the ${error.command} of service '${error.service}' was cancelled.`,
    );
  }
  if (error instanceof ControlError) {
    const isGone = error.kind === "closed" || error.kind === "connect";
    return isGone
      ? new RequestFailure(503, "no-daemon", "the connection to the daemon was lost", { "retry-after": "1" })
      : new RequestFailure(502, error.kind, error.message);
  }
  return undefined;
}

function refusal({ service, code, dependents }: RefusedError): RequestFailure {
  switch (code) {
    case "dependents":
      return new RequestFailure(409, code, `${dependentsText(service)} ${dependents.join(" ")}`);
    case "pinned-started":
    case "pinned-stopped":
    case "shutting-down":
    case "not-started":
    case "no-dependents":
    case "not-triggered":
      return new RequestFailure(409, code, refusalText(service, code));
    default:
      return new RequestFailure(
        409,
        code,
        `the daemon refused the command for service '${service}': ${code}.`,
      );
  }
}

function loadFailure({ service, code }: LoadFailedError): RequestFailure {
  if (code === "bad-name") return new RequestFailure(400, code, `no service can have the name '${service}'.`);
  return new RequestFailure(code === "not-found" ? 404 : 409, code, LOAD_FAILURE_TEXTS[code].join(" "));
}
