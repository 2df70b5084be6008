/** What happens when a service fails, and to what its main process leaves: extensions of dinit 0.22.1. */

import { isValidServiceName, type KillMode } from "../../model/mod.ts";
import { Mistake } from "../text/mistake.ts";
import { need } from "./host_features.ts";
import { meaningOf, PROCESSES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

const KILL_MODES = new Map<string, KillMode>([["process", "process"], ["group", "group"], ["all", "all"]]);

/** More services than anybody wants to start after a failure. */
const MOST_HOOKS = 16;

/** The settings for failures and for remaining processes. */
export const FAILURE_SETTINGS: readonly Setting[] = [
  settingRow({
    name: "on-failure",
    extension: true,
    syntax: "SERVICE",
    substitution: "pre",
    appends: true,
    repeats: "additive",
    summary: "a service to start when this one has failed and does not restart",
    change: "live",
    apply({ draft: { description } }, { text }) {
      if (!isValidServiceName(text)) {
        throw new Mistake(`invalid service name '${text}'`, { code: "bad-name" });
      }
      if (text === description.name) {
        throw new Mistake("on-failure names the service itself; restart = yes starts it again", {
          code: "bad-name",
        });
      }
      if (description.onFailure.includes(text)) return;
      if (description.onFailure.length === MOST_HOOKS) {
        throw new Mistake(`on-failure names more than ${MOST_HOOKS} services`, { code: "too-many" });
      }
      description.onFailure = [...description.onFailure, text];
    },
    show: ({ onFailure }) => onFailure,
  }),
  settingRow({
    name: "kill-mode",
    extension: true,
    syntax: [...KILL_MODES.keys()].join(" | "),
    types: PROCESSES,
    default: "process",
    summary:
      "what must have ended before the service counts as stopped: its main process, also the process " +
      "group, or all that it has started",
    change: "live",
    needs: [need("remaining-processes", ({ killMode }) => killMode !== "process")],
    apply({ draft: { description } }, { text }) {
      description.killMode = meaningOf(
        KILL_MODES,
        text,
        'kill-mode must be one of: "process", "group" or "all"',
      );
    },
    show: ({ killMode }) => killMode === "process" ? undefined : killMode,
  }),
];
