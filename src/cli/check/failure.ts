/** The failures that prevent `dinit-check` from checking (cli 1.5). */

import type { ControlError } from "../../client/mod.ts";
import { errnoText } from "../../model/mod.ts";
import { ToolFailure } from "../shared/failure.ts";

/** A failure with the name of the tool in front. */
export function checkFailure(message: string): ToolFailure {
  return new ToolFailure(`dinit-check: ${message}`);
}

/** The failure to report when the daemon cannot be reached or understood. */
export function daemonFailure(error: ControlError): ToolFailure {
  switch (error.kind) {
    case "too-old-client":
      return checkFailure("too old (daemon reports newer protocol version)");
    case "too-old-daemon":
      return checkFailure("daemon too old or protocol error");
    case "protocol":
      return checkFailure("protocol error");
    case "connect":
      return checkFailure(
        error.errno === undefined
          ? error.message
          : `connecting to socket ${error.path ?? ""}: ${errnoText(error.errno)}`,
      );
    case "closed":
      return checkFailure(
        error.errno === undefined
          ? "control socket read failure or protocol error"
          : `control socket write error: ${errnoText(error.errno)}`,
      );
  }
}
