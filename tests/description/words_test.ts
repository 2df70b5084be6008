import { assertEquals } from "@std/assert";
import { SIGNALS } from "../../src/model/mod.ts";
import { describe, failureOf, located, locatedSetting } from "./_support.ts";

const BAD_NUMBER = "specified value contains invalid numeric characters or is outside allowed range.";

for (const [value, uid] of [["0", 0], ["0x3e8", 1000], ["010", 8], ["4294967294", 4294967294]] as const) {
  Deno.test(`user ID ${value}`, () => {
    assertEquals(describe(`run-as = ${value}\n`).runAs, { uid, gid: undefined, name: undefined });
    assertEquals(describe(`socket-uid = ${value}\n`).socketUid, uid);
    assertEquals(describe(`logfile-gid = ${value}\n`).logFileGid, uid);
  });
}

Deno.test("the highest ID means none", () => {
  assertEquals(describe("run-as = ann\nrun-as = 4294967295\n").runAs, undefined);
  assertEquals(describe("socket-gid = 1\nsocket-gid = 0xffffffff\n").socketGid, undefined);
});

Deno.test("a user by name brings its group", () => {
  assertEquals(describe("run-as = ann\n").runAs, { uid: 1000, gid: 1001, name: "ann" });
});

for (const value of ["9abc", "4294967296", "-1", "0x", "1.5"]) {
  Deno.test(`${value} is neither a user nor a group`, () => {
    const problem = (what: string) =>
      `specified ${what} id contains invalid numeric characters or is outside allowed range.`;
    assertEquals(failureOf(`socket-uid = ${value}\n`), located(`socket-uid: ${problem("user")}`, 1));
    assertEquals(failureOf(`socket-gid = ${value}\n`), located(`socket-gid: ${problem("group")}`, 1));
  });
}

Deno.test("a group ID of more than 64 bits", () => {
  const message =
    "socket-gid: specified group id contains invalid numeric characters or is outside allowed range.";
  assertEquals(failureOf("socket-gid = 99999999999999999999\n"), located(message, 1));
});

for (const value of ["nobody-here", "", "-x", "+"]) {
  Deno.test(`'${value}' is an unknown user`, () => {
    const message = `run-as: specified user "${value}" does not exist in system database.`;
    assertEquals(failureOf(`run-as = ${value}\n`), located(message, 1));
  });
}

Deno.test("a user database that cannot be read", () => {
  const users = {
    userByName(): never {
      throw Object.assign(new Error("denied"), { code: "EACCES" });
    },
    userById: () => undefined,
    groupByName(): never {
      throw Object.assign(new Error("broken"), { code: "EIO" });
    },
  };
  assertEquals(
    failureOf("run-as = ann\n", { users }),
    located("error accessing user database: Permission denied", 1),
  );
  assertEquals(
    failureOf("socket-gid = staff\n", { users }),
    located("error accessing group database: Input/output error", 1),
  );
});

for (const [name, number] of SIGNALS) {
  Deno.test(`term-signal = ${name}`, () => {
    assertEquals(describe(`term-signal = ${name}\n`).termSignal, number);
    assertEquals(describe(`termsignal = ${name}\n`).termSignal, number);
  });
}

for (const value of ["none", "NONE"]) {
  Deno.test(`term-signal = ${value} sends nothing`, () => {
    assertEquals(describe(`term-signal = ${value}\n`).termSignal, 0);
  });
}

for (const value of ["INFO", "None", "hup", ""]) {
  Deno.test(`termsignal = '${value}' is no signal`, () => {
    const message = `unknown/unsupported termination signal: ${value}`;
    assertEquals(failureOf(`termsignal = ${value}\n`), locatedSetting("termsignal", message, 1));
  });
}

const IO_PRIORITIES: [string, number][] = [
  ["none", 0],
  ["idle", 24576],
  ["realtime:0", 8192],
  ["realtime:7", 8199],
  ["best-effort:4", 16388],
];

for (const [value, expected] of IO_PRIORITIES) {
  Deno.test(`ioprio = ${value}`, () => assertEquals(describe(`ioprio = ${value}\n`).ioPriority, expected));
}

for (const value of ["", "realtime", "best-effort", "idle:", "none "]) {
  Deno.test(`ioprio = '${value}' is bad`, () => {
    const message = `invalid value for ioprio: ${value}`;
    assertEquals(failureOf(`ioprio = "${value}"\n`), locatedSetting("ioprio", message, 1));
  });
}

for (const value of ["realtime:", "best-effort:8", "best-effort:-1", "realtime:x"]) {
  Deno.test(`the level of ioprio = ${value} is bad`, () => {
    assertEquals(failureOf(`ioprio = ${value}\n`), located(BAD_NUMBER, 1));
  });
}

Deno.test("readiness: both forms, each overriding itself only", () => {
  const text = "ready-notification = pipefd:3\nready-notification = pipevar:A\n" +
    "ready-notification = pipevar:B\n";
  const { readyFd, readyVariable } = describe(text);
  assertEquals([readyFd, readyVariable], [3, "B"]);
});

for (
  const [value, message] of [["pipevar:", "invalid pipevar variable name"], ["x", "unrecognised setting: x"]]
) {
  Deno.test(`ready-notification = ${value}`, () => {
    assertEquals(
      failureOf(`ready-notification = ${value}\n`),
      locatedSetting("ready-notification", message, 1),
    );
  });
}

Deno.test("ready-notification = pipefd:x is a bad number", () => {
  assertEquals(failureOf("ready-notification = pipefd:x\n"), located(BAD_NUMBER, 1));
});

const WORDS: [string, string][] = [
  ["restart", 'restart must be one of: "yes", "true", "no", "false" or "on-failure"'],
  ["smooth-recovery", 'smooth-recovery must be one of: "yes", "true", "no" or "false"'],
  ["log-type", 'log type must be one of: "file", "buffer", "pipe", or "none"'],
  [
    "type",
    'service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"',
  ],
];

for (const [setting, message] of WORDS) {
  for (const value of ["YES", "", "1", "placeholder"]) {
    Deno.test(`${setting} = '${value}' is no word of it`, () => {
      assertEquals(failureOf(`${setting} = ${value}\n`), locatedSetting(setting, message, 1));
    });
  }
}

Deno.test("the words of restart and smooth-recovery", () => {
  const restarts = ["yes", "true", "on-failure", "no", "false"];
  assertEquals(restarts.map((word) => describe(`restart = ${word}\n`).restart), [
    "always",
    "always",
    "on-failure",
    "never",
    "never",
  ]);
  const words = ["yes", "true", "no", "false"];
  assertEquals(words.map((word) => describe(`smooth-recovery = ${word}\n`).smoothRecovery), [
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("inittab settings count bytes", () => {
  assertEquals(describe("inittab-id = 1234\n").inittabId, "1234");
  assertEquals(describe("inittab-id = éé\n").inittabId, "éé");
  assertEquals(failureOf("inittab-id = ééé\n"), located("inittab-id setting is too long", 1));
  assertEquals(describe(`inittab-line = ${"x".repeat(32)}\n`).inittabLine.length, 32);
  assertEquals(
    failureOf(`inittab-line = ${"x".repeat(33)}\n`),
    located("inittab-line setting is too long", 1),
  );
});

for (
  const [value, expected] of [
    ["cap_chown", "cap_chown"],
    ["CAP_Net_Admin,^cap_kill", "CAP_Net_Admin,^cap_kill"],
    ["!%^cap_sys_admin", "!%^cap_sys_admin"],
    ["0,0x10,017", "0,0x10,017"],
    ["cap_chown,", "cap_chown"],
    ["cap_chown,!^", "cap_chown"],
    ["^", ""],
  ]
) {
  Deno.test(`capabilities = ${value}`, () => {
    assertEquals(describe(`capabilities = ${value}\n`).capabilities, expected);
  });
}

for (
  const value of [
    "",
    ",",
    "chown",
    "cap_",
    "cap_nothing",
    ",cap_chown",
    "cap_chown,,cap_kill",
    "0x",
    "9x",
    "08",
    "64",
    "!,cap_kill",
  ]
) {
  Deno.test(`capabilities = '${value}' is bad`, () => {
    const message = `invalid capabilities: ${value}`;
    assertEquals(failureOf(`capabilities = ${value}\n`), locatedSetting("capabilities", message, 1));
  });
}

Deno.test("D-6: capabilities are appended with a comma", () => {
  const text = "capabilities = cap_chown,\ncapabilities += ^cap_kill\ncapabilities += ^\n";
  assertEquals(describe(text).capabilities, "cap_chown,^cap_kill");
});

Deno.test("a bad appended capability is reported without the earlier ones", () => {
  const text = "capabilities = cap_chown\ncapabilities += a b\n";
  assertEquals(failureOf(text), locatedSetting("capabilities", "invalid capabilities: a b", 2));
});

Deno.test("securebits are set and appended to", () => {
  assertEquals(describe("securebits = keep-caps\nsecurebits += noroot keep-caps\n").secureBits, [
    "keep-caps",
    "noroot",
  ]);
  assertEquals(describe("securebits = keep-caps\nsecurebits = noroot-locked\n").secureBits, [
    "noroot-locked",
  ]);
  assertEquals(failureOf("securebits = x\n"), locatedSetting("securebits", "unknown securebits flag: x", 1));
});

Deno.test("load options", () => {
  assertEquals(describe("load-options = sub-vars\n").environment.set.size, 0);
  const message = "unknown load option: no-sub-vars";
  assertEquals(failureOf("load-options = no-sub-vars\n"), locatedSetting("load-options", message, 1));
});
