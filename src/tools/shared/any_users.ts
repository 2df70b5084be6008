/** A database in which every user exists: descriptions may be for another machine. */

import { FileUsers, type User, type UserDatabase } from "../../description/mod.ts";

/** The number of nobody, for names that are unknown here. */
const NOBODY = 65534;

/** Users and groups of this machine, and all others with the number of nobody. */
export class AnyUsers implements UserDatabase {
  readonly #known = new FileUsers();

  userByName(name: string): User {
    return this.#known.userByName(name) ?? { name, uid: NOBODY, gid: NOBODY, home: "/", shell: "" };
  }

  userById(uid: number): User {
    return this.#known.userById(uid) ?? { name: String(uid), uid, gid: uid, home: "/", shell: "" };
  }

  groupByName(name: string): number {
    return this.#known.groupByName(name) ?? NOBODY;
  }
}
