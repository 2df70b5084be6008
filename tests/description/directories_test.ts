import { assertEquals } from "@std/assert";
import { defaultServiceDirectories } from "../../src/description/mod.ts";

const SYSTEM = ["/etc/dinit.d", "/run/dinit.d", "/usr/local/lib/dinit.d", "/lib/dinit.d"];
const USER = ["/etc/dinit.d/user", "/usr/lib/dinit.d/user", "/usr/local/lib/dinit.d/user"];

Deno.test("the directories of the system", () => {
  assertEquals(defaultServiceDirectories("system", { HOME: "/root", XDG_CONFIG_HOME: "/x" }), SYSTEM);
});

Deno.test("the directories of a user", () => {
  assertEquals(defaultServiceDirectories("user", { HOME: "/h" }), ["/h/.config/dinit.d", ...USER]);
  assertEquals(defaultServiceDirectories("user", { XDG_CONFIG_HOME: "/x/", HOME: "/h" }), [
    "/x/dinit.d",
    "/h/.config/dinit.d",
    ...USER,
  ]);
  assertEquals(defaultServiceDirectories("user", { XDG_CONFIG_HOME: "", HOME: "/h" }), [
    "/h/.config/dinit.d",
    ...USER,
  ]);
});

Deno.test("the same directory is not searched twice", () => {
  assertEquals(defaultServiceDirectories("user", { XDG_CONFIG_HOME: "/h/.config", HOME: "/h" }), [
    "/h/.config/dinit.d",
    ...USER,
  ]);
});

Deno.test("the home of the user database replaces HOME only if HOME is not set", () => {
  assertEquals(defaultServiceDirectories("user", {}, "/db"), ["/db/.config/dinit.d", ...USER]);
  assertEquals(defaultServiceDirectories("user", { HOME: "" }, "/db"), SYSTEM);
});

Deno.test("a user without any home has the directories of the system", () => {
  assertEquals(defaultServiceDirectories("user", {}), SYSTEM);
});
