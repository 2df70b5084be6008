/** The inputs of hints. */

import type { ConnectionOptions } from "../ctl/connection.ts";
import type { CtlIo } from "../shared/io.ts";

/** The command line and the process of a failure. */
export interface HintSurroundings {
  readonly options: ConnectionOptions;
  readonly io: CtlIo;
}
