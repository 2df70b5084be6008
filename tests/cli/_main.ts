/** What `main.ts` does for `dinit ctl …`, as a program of its own. */

import { runCtl } from "../../src/cli/ctl.ts";

Deno.exit(await runCtl(Deno.args));
