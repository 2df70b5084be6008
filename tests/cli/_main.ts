/** What `main.ts` does for `dinit ctl …`, as a program of its own. */

import { runCtl } from "../../src/cli/ctl/main.ts";

Deno.exit(await runCtl(Deno.args));
