/** Ensures that programs which start processes leave none behind, however they end. */

/** The variable that marks all processes that this program, and its children, have started. */
const MARK = "DINIT_PROCESS_GUARD";

/**
 * The guard waits until its standard input ends, which happens when the program at the other end has ended. Then it
 * asks all marked processes to end. After some seconds it kills the remaining ones, and those that they have started
 * meanwhile.
 */
const GUARD = `trap '' HUP INT QUIT TERM
read -r nothing
marked() { grep -lszxF "$1" /proc/[0-9]*/environ | cut -d/ -f3; }
send() { for pid in $(marked "$2"); do kill -s "$1" "$pid"; done 2>/dev/null; }
send TERM "$1"
send CONT "$1"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  [ -n "$(marked "$1")" ] || exit 0
  sleep 0.25
done
for i in 1 2 3 4 5 6 7 8 9 10; do
  send KILL "$1"
  [ -n "$(marked "$1")" ] || exit 0
  sleep 0.1
done
`;

/**
 * From now on, the processes of this program end with it, also when a signal kills it. A variable in the environment
 * identifies them; a process without this variable is not found. A program that a guarded program has started shares
 * its guard. Needs the grants to run programs and to set variables.
 */
export function endProcessesWithThis(): void {
  if (Deno.env.get(MARK) !== undefined) return;
  const value = crypto.randomUUID();
  const guard = new Deno.Command("/bin/sh", {
    args: ["-c", GUARD, "process-guard", `${MARK}=${value}`],
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    detached: true, // a key at the terminal ends this program, but must not end the guard
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  guard.unref();
  held.push(guard);
  Deno.env.set(MARK, value);
}

/** If the handle of the guard were garbage-collected, its standard input would close. */
const held: Deno.ChildProcess[] = [];
