/** A program that says that it can take over, and then returns to the one before, like one that finds the state unusable. */

import { goBack } from "../../src/daemon/surviving/heirloom.ts";
import { READY } from "../../src/daemon/surviving/check_state.ts";
import { inheritance } from "../../src/inherited/inheritance.ts";

const inherited = inheritance();
if (inherited === undefined) console.log(READY);
else goBack(inherited);
