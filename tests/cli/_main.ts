/** The part of `main.ts` for `dinit ctl …`, as a separate program. */

import { runCtl } from "../../src/cli/ctl/main.ts";

Deno.exit(await runCtl(Deno.args));
