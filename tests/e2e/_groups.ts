/** The hierarchy of control groups of version 2 on this machine. */

/** Where it is; `undefined` if no group can be made there. */
export const ROOT = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].find(isWritableRoot);

/** Whether this is the root of a hierarchy of version 2 in which groups can be made. */
function isWritableRoot(folder: string): boolean {
  const probe = `${folder}/dinit-probe-${crypto.randomUUID()}`;
  try {
    Deno.statSync(`${folder}/cgroup.controllers`);
    Deno.mkdirSync(probe);
    Deno.removeSync(probe);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** The folder of the group that a process is in. */
export function groupOf(pid: number): string {
  const path = /^0::(.*)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/cgroup`))?.[1];
  return `${ROOT}${path}`;
}
