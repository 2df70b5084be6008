import { assertEquals } from "@std/assert";
import { serviceDirectories, socketPath } from "../../src/daemon/mod.ts";
import { absolutePath } from "../../src/daemon/paths.ts";

const context = (env: Record<string, string>, passwdHome?: string) => ({
  env: (name: string) => env[name],
  passwdHome: () => passwdHome,
});

Deno.test("daemon case 23: where the control socket is", () => {
  const path = (env: Record<string, string>, passwdHome?: string) =>
    socketPath({ system: false, socketPath: undefined }, context(env, passwdHome));
  assertEquals(path({ XDG_RUNTIME_DIR: "R", HOME: "H" }), "R/dinitctl");
  assertEquals(path({ HOME: "H" }), "H/.dinitctl");
  assertEquals(path({ XDG_RUNTIME_DIR: "" }), "/dinitctl");
  assertEquals(path({}, "/home/me"), "/home/me/.dinitctl");
  assertEquals(path({}), "/run/dinitctl");
  assertEquals(socketPath({ system: true, socketPath: undefined }, context({ HOME: "H" })), "/run/dinitctl");
  assertEquals(socketPath({ system: true, socketPath: "own" }, context({})), "own");
});

Deno.test("daemon case 24: where service descriptions are searched", () => {
  const directories = (env: Record<string, string>, system = false, given: string[] = []) =>
    serviceDirectories({ system, serviceDirectories: given }, context(env));
  const shared = ["/etc/dinit.d/user", "/usr/lib/dinit.d/user", "/usr/local/lib/dinit.d/user"];
  const ofSystem = ["/etc/dinit.d", "/run/dinit.d", "/usr/local/lib/dinit.d", "/lib/dinit.d"];
  assertEquals(directories({ XDG_CONFIG_HOME: "/x", HOME: "/h" }), [
    "/x/dinit.d",
    "/h/.config/dinit.d",
    ...shared,
  ]);
  assertEquals(directories({ XDG_CONFIG_HOME: "/h/.config", HOME: "/h" }), ["/h/.config/dinit.d", ...shared]);
  assertEquals(directories({ HOME: "" }), ofSystem);
  assertEquals(directories({ HOME: "/h" }, true), ofSystem);
  assertEquals(directories({ HOME: "/h" }, true, ["one", "two"]), ["one", "two"]);
});

Deno.test("a path from the root is as it is, and another one begins where the daemon was started", () => {
  assertEquals(absolutePath("/run/socket"), "/run/socket");
  assertEquals(absolutePath("socket"), `${Deno.cwd()}/socket`);
  assertEquals(absolutePath("././socket"), `${Deno.cwd()}/socket`);
});
