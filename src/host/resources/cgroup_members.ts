/** The processes of a control group and of the groups in it. */

import { folderOf, type OwnCgroup } from "./cgroups.ts";

/** The process ids; none if the group does not exist or has only threads. */
export function cgroupMembers(cgroup: string, own: OwnCgroup): number[] {
  const folder = folderOf(cgroup, own);
  return folder === undefined ? [] : membersBelow(folder);
}

function membersBelow(folder: string): number[] {
  try {
    const own = Deno.readTextFileSync(`${folder}/cgroup.procs`).split("\n").filter((line) => line !== "");
    const inner = [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory);
    return [...own.map(Number), ...inner.flatMap(({ name }) => membersBelow(`${folder}/${name}`))];
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return [];
  }
}

/** Kills all processes of a group at once, even those that are being made. An old kernel may not be able to. */
export function killCgroup(cgroup: string, own: OwnCgroup): void {
  const folder = folderOf(cgroup, own);
  if (folder === undefined) return;
  try {
    Deno.writeTextFileSync(`${folder}/cgroup.kill`, "1", { create: false });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
  }
}
