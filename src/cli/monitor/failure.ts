/** The failures that prevent `dinit-monitor` from watching (cli 1.5, 6.1). */

import type { ControlError } from "../../client/mod.ts";
import { errnoText } from "../../model/mod.ts";
import { ToolFailure } from "../shared/failure.ts";

/** A failure with the name of the tool in front. */
export function monitorFailure(message: string): ToolFailure {
  return new ToolFailure(`dinit-monitor: ${message}`);
}

/** The failure to report when the daemon cannot be reached or understood. */
export function serverFailure(error: ControlError): ToolFailure {
  const { kind, errno, path } = error;
  return serverText(error).about(
    kind === "connect" && errno !== undefined && path !== undefined
      ? { kind: "no-daemon", path, errno }
      : { kind: "conversation" },
  );
}

function serverText({ kind, errno, path, message }: ControlError): ToolFailure {
  switch (kind) {
    case "too-old-client":
      return monitorFailure("too old (server reports newer protocol version)");
    case "too-old-daemon":
      return monitorFailure("server too old or protocol error");
    case "protocol":
      return monitorFailure("protocol error");
    case "connect":
      return monitorFailure(
        errno === undefined ? message : `connecting to socket ${path ?? ""}: ${errnoText(errno)}`,
      );
    case "closed":
      return monitorFailure(
        errno === undefined
          ? "control socket read failure or protocol error"
          : `control socket write error: ${errnoText(errno)}`,
      );
  }
}
