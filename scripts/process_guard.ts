/** Programs that start processes leave none behind, however they end. */

/** The variable that marks everything that was started by this program, and in turn by that. */
const MARK = "DINIT_PROCESS_GUARD";

/** How often the guard looks, in milliseconds. */
const LOOK = 100;

/**
 * What the guard does: waits until its standard input ends, which is when the program that holds the other end has ended.
 * Then it asks all marked processes to end, looks every 0.1 s whether they have, and kills those that are left after so
 * many looks, with what they start meanwhile.
 */
const GUARD = `trap '' HUP INT QUIT TERM
read -r nothing
marked() { grep -lszxF "$1" /proc/[0-9]*/environ | cut -d/ -f3; }
send() { for pid in $(marked "$2"); do kill -s "$1" "$pid"; done 2>/dev/null; }
send TERM "$1"
send CONT "$1"
looks=$2
while [ "$looks" -gt 0 ]; do
  [ -n "$(marked "$1")" ] || exit 0
  sleep 0.1
  looks=$((looks - 1))
done
for i in 1 2 3 4 5 6 7 8 9 10; do
  send KILL "$1"
  [ -n "$(marked "$1")" ] || exit 0
  sleep 0.1
done
`;

/**
 * From now on, what this program starts ends with it: also when a signal kills it. Processes are known by a variable in
 * their environment; one that is started without it is not found. A program that was started by a guarded one shares its
 * guard. Needs the grants to run programs and to set variables.
 *
 * @param patience how long the processes may take to end in order, in milliseconds. @default 5000
 */
export function endProcessesWithThis(patience = 5000): void {
  if (Deno.env.get(MARK) !== undefined) return;
  const value = crypto.randomUUID();
  const guard = new Deno.Command("/bin/sh", {
    args: ["-c", GUARD, "process-guard", `${MARK}=${value}`, String(Math.ceil(patience / LOOK))],
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    detached: true, // a key at the terminal ends this program, and must not end the guard
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  guard.unref();
  held.push(guard);
  Deno.env.set(MARK, value);
}

/** A guard whose handle were collected would find its standard input closed. */
const held: Deno.ChildProcess[] = [];
