import { assertEquals } from "@std/assert";
import { Accounts, openLibrary } from "../../src/system/mod.ts";
import { FileUsers } from "../../src/description/mod.ts";

const accounts = new Accounts(openLibrary());

/** What `getent` says, field by field; it asks the same sources as the C library. */
function getent(database: string, key: string): string[] {
  const { stdout } = new Deno.Command("getent", { args: [database, key] }).outputSync();
  return new TextDecoder().decode(stdout).trim().split(":");
}

Deno.test("the C library's users are those of getent", () => {
  for (const name of ["root", "daemon", "nobody"]) {
    const [, , uid, gid, , home, shell] = getent("passwd", name);
    const user = { name, uid: Number(uid), gid: Number(gid), home, shell };
    assertEquals(accounts.userByName(name), user);
    assertEquals(accounts.userById(user.uid), user);
    assertEquals(new FileUsers().userByName(name), user);
  }
});

Deno.test("the C library's groups are those of getent", () => {
  for (const name of ["root", "daemon", "tty"]) {
    assertEquals(accounts.groupByName(name), Number(getent("group", name)[2]));
  }
});

Deno.test("unknown users and groups", () => {
  assertEquals(accounts.userByName("no-such-user"), undefined);
  assertEquals(accounts.userById(4_000_000_001), undefined);
  assertEquals(accounts.groupByName("no-such-group"), undefined);
});

Deno.test("the name of an account ends at its first NUL", () => {
  assertEquals(accounts.userByName("root\0x")?.uid, 0);
});
