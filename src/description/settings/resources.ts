/** Resource limits, scheduling and privileges (service description 3.5 and 3.6). */

import type { LimitValue, ResourceLimit } from "../../model/mod.ts";
import { normalCapabilities } from "./capabilities.ts";
import type { SettingTarget, SettingValue } from "../draft.ts";
import { need } from "./host_features.ts";
import { Mistake } from "../text/mistake.ts";
import { parseLimit, parseSigned, parseUnsigned } from "../text/numbers.ts";
import { PATH_BASES, SCRIPT_TYPES, settingRow } from "./rows.ts";
import { SECURE_BITS } from "./options.ts";
import type { Setting } from "./setting.ts";

function limit(resource: ResourceLimit["resource"], summary: string): Setting {
  return settingRow({
    name: `rlimit-${resource}`,
    syntax: "SOFT | SOFT: | SOFT:HARD | :HARD (each a NUMBER, or - for no limit)",
    types: SCRIPT_TYPES,
    summary,
    change: "next-start",
    // A limit stays unchanged if both halves are unset.
    needs: [
      need(
        "resource-limit",
        ({ limits }) =>
          limits.some((one) =>
            one.resource === resource && (one.soft !== undefined || one.hard !== undefined)
          ),
        {
          label: "rlimit-*",
        },
      ),
    ],
    apply({ draft: { description }, setting }, { text }) {
      const value: ResourceLimit = { resource, ...parseLimit(text, setting) };
      const known = description.limits.some((earlier) => earlier.resource === resource);
      description.limits = known
        ? description.limits.map((earlier) => earlier.resource === resource ? value : earlier)
        : [...description.limits, value];
    },
    show({ limits }) {
      const found = limits.find((one) => one.resource === resource);
      return found && `${showLimit(found.soft)}:${showLimit(found.hard)}`;
    },
  });
}

function showLimit(value: LimitValue): string {
  return value === undefined ? "" : value === "unlimited" ? "-" : value.toString();
}

/** The scheduling classes of `ioprio_set`; each value is class × 8192 + level. */
const IO_CLASSES = [
  { prefix: "realtime:", value: 1 << 13 },
  { prefix: "best-effort:", value: 2 << 13 },
];
const IO_IDLE = 3 << 13;
const IO_LEVELS = 8;

function parseIoPriority(text: string): number {
  if (text === "none") return 0;
  if (text === "idle") return IO_IDLE;
  const found = IO_CLASSES.find(({ prefix }) => text.startsWith(prefix));
  if (found === undefined) {
    throw new Mistake(`invalid value for ioprio: ${text}`, { code: "unknown-word" });
  }
  return found.value + parseUnsigned(text.slice(found.prefix.length), IO_LEVELS - 1);
}

function showIoPriority(value: number): string {
  if (value === 0) return "none";
  if (value === IO_IDLE) return "idle";
  const level = value % IO_LEVELS;
  return `${IO_CLASSES.find((one) => one.value === value - level)!.prefix}${level}`;
}

function applyCapabilities({ draft }: SettingTarget, { text, append }: SettingValue): void {
  const { description } = draft;
  const added = normalCapabilities(text);
  if (added === undefined) throw new Mistake(`invalid capabilities: ${text}`, { code: "bad-capabilities" });
  draft.given.capabilities = true;
  const earlier = append ? description.capabilities : "";
  description.capabilities = earlier === "" || added === "" ? earlier + added : `${earlier},${added}`;
}

function applySecureBits(
  { draft: { description } }: SettingTarget,
  { tokens, starts, append }: SettingValue,
): void {
  const bits = new Set(append ? description.secureBits : []);
  description.secureBits = [...bits];
  tokens.forEach((token, index) => {
    if (!SECURE_BITS.some((bit) => bit.name === token)) {
      throw new Mistake(`unknown securebits flag: ${token}`, {
        code: "unknown-option",
        position: starts[index],
      });
    }
    bits.add(token);
    description.secureBits = [...bits];
  });
}

/** The settings of 3.5 and 3.6. */
export const LIMIT_SETTINGS: readonly Setting[] = [
  limit("nofile", "the limit on open files"),
  limit("core", "the limit on the size of core dumps, in bytes"),
  limit("data", "the limit on the data segment, in bytes"),
  limit("addrspace", "the limit on the address space, in bytes"),
  settingRow({
    name: "nice",
    syntax: "NUMBER",
    types: SCRIPT_TYPES,
    summary: "the nice value of the process",
    change: "next-start",
    needs: [need("nice", ({ nice }) => nice !== undefined)],
    remark: { turn: 15, words: "option 'nice' was", given: ({ given }) => given.nice },
    apply({ draft: { description, given } }, { text }) {
      given.nice = true;
      description.nice = parseSigned(text, -1_073_741_824, 1_073_741_823);
    },
    show: ({ nice }) => nice?.toString(),
  }),
  settingRow({
    name: "run-in-cgroup",
    syntax: "PATH",
    types: SCRIPT_TYPES,
    base: PATH_BASES.cgroup,
    summary: "the control group of the processes",
    change: "next-start",
    needs: [need("control-group", ({ cgroup }) => cgroup !== "")],
    remark: { turn: 4, words: "'run-in-cgroup'", given: ({ description }) => description.cgroup !== "" },
    apply({ draft: { description } }, { text }) {
      description.cgroup = text;
    },
    show: ({ cgroup }) => cgroup || undefined,
  }),
  settingRow({
    name: "capabilities",
    syntax: "[PREFIX]CAPABILITY[,[PREFIX]CAPABILITY]... (prefix ! blocked, ^ ambient, % inheritable)",
    appends: true,
    types: SCRIPT_TYPES,
    summary: "the capability vectors of the process",
    change: "next-start",
    needs: [need("capabilities", ({ capabilities }) => capabilities !== "")],
    remark: { turn: 5, words: "'capabilities'", given: ({ given }) => given.capabilities },
    apply: applyCapabilities,
    show: ({ capabilities }) => capabilities || undefined,
  }),
  settingRow({
    name: "securebits",
    value: "tokens",
    syntax: "FLAG...",
    flags: SECURE_BITS,
    appends: true,
    types: SCRIPT_TYPES,
    summary: "the secure bits of the process",
    change: "next-start",
    // Executing a program clears keep-caps, so it needs no feature.
    needs: [need("secure-bits", ({ secureBits }) => secureBits.some((bit) => bit !== "keep-caps"))],
    remark: { turn: 6, words: "'securebits'", given: ({ description }) => description.secureBits.length > 0 },
    apply: applySecureBits,
    show: ({ secureBits }) => secureBits,
  }),
  settingRow({
    name: "ioprio",
    syntax: "none | idle | realtime:LEVEL | best-effort:LEVEL (LEVEL from 0 to 7)",
    types: SCRIPT_TYPES,
    summary: "the priority of the process for input and output",
    change: "next-start",
    needs: [need("io-priority", ({ ioPriority }) => ioPriority !== undefined)],
    remark: {
      turn: 16,
      words: "option 'ioprio' was",
      given: ({ description }) => description.ioPriority !== undefined,
    },
    apply({ draft: { description } }, { text }) {
      description.ioPriority = parseIoPriority(text);
    },
    show: ({ ioPriority }) => ioPriority === undefined ? undefined : showIoPriority(ioPriority),
  }),
  settingRow({
    name: "oom-score-adj",
    syntax: "NUMBER (from -1000 to 1000)",
    types: SCRIPT_TYPES,
    summary: "how soon the system ends the process when memory runs out",
    change: "next-start",
    needs: [need("oom-score", ({ oomScoreAdjust }) => oomScoreAdjust !== undefined)],
    remark: { turn: 17, words: "option 'oom-score-adj' was", given: ({ given }) => given.oomScoreAdjust },
    apply({ draft: { description, given } }, { text }) {
      given.oomScoreAdjust = true;
      description.oomScoreAdjust = parseSigned(text, -1000, 1000);
    },
    show: ({ oomScoreAdjust }) => oomScoreAdjust?.toString(),
  }),
];
