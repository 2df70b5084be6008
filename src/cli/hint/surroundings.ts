/** What hints are made from. */

import type { ConnectionOptions } from "../ctl/connection.ts";
import type { CtlIo } from "../shared/io.ts";

/** The command line and the process around a failure. */
export interface HintSurroundings {
  readonly options: ConnectionOptions;
  readonly io: CtlIo;
}
