import { decodeBytes } from "../model/mod.ts";
import type { User, UserDatabase } from "../description/mod.ts";
import { cString, type Library } from "./library.ts";

/** Offsets of members in `struct passwd` and `struct group`, equal on x86-64 and arm64. */
const PASSWD = { name: 0, uid: 16, gid: 20, home: 32, shell: 40, size: 48 };
const GROUP = { gid: 16, size: 32 };

/**
 * Users and groups from the C library, which asks every source of the name service switch (files, LDAP, systemd). A
 * slow source makes the daemon wait, as in the reference.
 */
export class Accounts implements UserDatabase {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  userByName(name: string): User | undefined {
    return this.#user(this.#library.symbols.getpwnam(cString(name)));
  }

  userById(uid: number): User | undefined {
    return this.#user(this.#library.symbols.getpwuid(uid));
  }

  groupByName(name: string): number | undefined {
    const address = this.#library.symbols.getgrnam(cString(name));
    return address === 0n ? undefined : this.#structure(address, GROUP.size).getUint32(GROUP.gid, true);
  }

  #user(address: bigint): User | undefined {
    if (address === 0n) return undefined;
    const entry = this.#structure(address, PASSWD.size);
    const text = (at: number) => this.#text(entry.getBigUint64(at, true));
    return {
      name: text(PASSWD.name),
      uid: entry.getUint32(PASSWD.uid, true),
      gid: entry.getUint32(PASSWD.gid, true),
      home: text(PASSWD.home),
      shell: text(PASSWD.shell),
    };
  }

  #structure(address: bigint, size: number): DataView {
    return new DataView(this.#copy(address, BigInt(size)).buffer);
  }

  #text(address: bigint): string {
    if (address === 0n) return "";
    return decodeBytes(this.#copy(address, this.#library.symbols.strlen(address)));
  }

  #copy(address: bigint, size: bigint): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Number(size));
    this.#library.symbols.memcpyOut(bytes, address, size);
    return bytes;
  }
}
