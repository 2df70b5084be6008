/** Programs that start processes or write temporary files leave none behind, however they end. */

/** The variable that marks all processes that this program, and its children, have started. */
const MARK = "DINIT_PROCESS_GUARD";

/** How often the guard looks, in milliseconds. */
const LOOK = 100;

/**
 * What the guard does: waits until the program has ended. (A pipe from the program would tell at once, but it belongs to a
 * file of tests: the runner closes it at the end of that file, while the program goes on with others.) Then it asks all marked processes to end, looks every 0.1 s whether they have, and kills those that are left after so
 * many looks, with what they start meanwhile. Last, it removes the folder of temporary files.
 */
const GUARD = `trap '' HUP INT QUIT TERM
tail --pid="$4" -s 0.1 -f /dev/null
marked() { grep -lszxF "$1" /proc/[0-9]*/environ | cut -d/ -f3; }
send() { for pid in $(marked "$2"); do kill -s "$1" "$pid"; done 2>/dev/null; }
send TERM "$1"
send CONT "$1"
looks=$2
while [ "$looks" -gt 0 ] && [ -n "$(marked "$1")" ]; do
  sleep 0.1
  looks=$((looks - 1))
done
for i in 1 2 3 4 5 6 7 8 9 10; do
  [ -n "$(marked "$1")" ] || break
  send KILL "$1"
  sleep 0.1
done
rm -rf --one-file-system "$3"
`;

/**
 * From now on, the processes that this program starts end with it, and its temporary files are removed: also when a
 * signal kills it. Processes are known by a variable in their environment; one that is started without it is not found.
 * Temporary files are those in the folder that `TMPDIR` names from now on. A program that was started by a guarded one
 * shares its guard. Needs the grants to run programs, to write temporary files and to set variables.
 *
 * @param patience how long the processes may take to end in order, in milliseconds. @default 5000
 */
export function leaveNothingBehind(patience = 5000): void {
  if (Deno.env.get(MARK) !== undefined) return;
  const value = crypto.randomUUID();
  const folder = Deno.makeTempDirSync({ prefix: "dinit-" });
  Deno.chmodSync(folder, 0o755); // processes of other users have files in it
  const words = [`${MARK}=${value}`, Math.ceil(patience / LOOK), folder, Deno.pid].map(String);
  const guard = new Deno.Command("/bin/sh", {
    args: ["-c", GUARD, "process-guard", ...words],
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    detached: true, // a key at the terminal ends this program, but must not end the guard
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  guard.unref();
  Deno.env.set(MARK, value);
  Deno.env.set("TMPDIR", folder);
}
