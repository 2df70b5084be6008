/** Directives for which there is no setting here, with what there is instead. */

import type { Directive } from "../../shared/account.ts";

type Outcome = "carried" | "changed" | "decision" | "none";

const NO_WORD = "sandbox has no word for it (docs/sandbox.md); a command in front of the program can do it";

/** The word of `sandbox` that does the same, or more. It needs bubblewrap, so people decide. */
function sandboxRow(names: string, line: string): readonly [RegExp, Outcome, string] {
  return [new RegExp(`^\\w+\\.(${names})$`), "decision", `add ${line}, if bubblewrap is installed`];
}

/** The first pattern that matches `SECTION.NAME` counts. */
const ROWS: readonly (readonly [pattern: RegExp, outcome: Outcome, note: string])[] = [
  [/^Unit\.(Description|Documentation|SourcePath)$/, "carried", "a comment"],
  [/^Unit\.(Condition|Assert)[A-Z]/, "decision", "nothing here tests this; the command of the service can"],
  [/^Unit\.DefaultDependencies$/, "carried", "a description has only the dependencies that it names"],
  [
    /^Unit\.(StopWhenUnneeded|CollectMode|IgnoreOnIsolate)$/,
    "changed",
    "a service that nothing needs any more stops, and stays loaded until dinitctl unload",
  ],
  [
    /^Unit\.(RefuseManualStart|RefuseManualStop|AllowIsolate)$/,
    "none",
    "everybody who may connect may start and stop",
  ],
  [/^Unit\.(OnSuccess)/, "none", "chain-to starts another service when this one has finished"],
  [/^Unit\.OnFailureJobMode$/, "none", "on-failure starts the service beside the others"],
  [/^Unit\.Job(Running)?Timeout/, "none", "start-timeout limits the start of the service itself"],
  [/^Unit\.(PropagatesReloadTo|ReloadPropagatedFrom)$/, "none", "send the signal to each service"],
  [
    /^Unit\.(PropagatesStopTo|StopPropagatedFrom)$/,
    "none",
    "depends-on stops dependents with their dependency",
  ],
  [/^Unit\.JoinsNamespaceOf$/, "none", "services have no separate namespaces"],
  [
    /^Unit\.(SuccessAction|FailureAction)/,
    "none",
    "dinit does not restart the machine because of a service; see on-failure",
  ],
  [
    /^Unit\.(RebootArgument|SurviveFinalKillSignal)$/,
    "none",
    "dinit does not restart the machine because of a service",
  ],
  [/^Unit\.WantsMountsFor$/, "changed", "after = localfs is the usual service that mounts file systems"],
  sandboxRow("PrivateTmp", "'sandbox += private-tmp'"),
  sandboxRow("ProtectSystem|ReadOnlyPaths", "'sandbox += read-only-root'"),
  sandboxRow("ReadWritePaths", "'sandbox-writable = PATH'"),
  sandboxRow("ProtectHome", "'sandbox += no-home'"),
  sandboxRow("PrivateDevices", "'sandbox += private-dev'"),
  sandboxRow("PrivateNetwork", "'sandbox += no-network'"),
  sandboxRow("PrivateIPC", "'sandbox += private-ipc'"),
  sandboxRow("PrivatePIDs|ProtectProc", "'sandbox += private-pid'"),
  [
    /^\w+\.(Private|Protect|Restrict(Address|FileSystems|Namespaces|Realtime|SUIDSGID|NetworkInterfaces))/,
    "none",
    NO_WORD,
  ],
  [
    /^\w+\.(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec|Bind|BindReadOnly)?(Paths|Directories)$/,
    "none",
    NO_WORD,
  ],
  [
    /^\w+\.(SystemCall|ProcSubset|MemoryDenyWriteExecute|LockPersonality|TemporaryFileSystem|KeyringMode|RemoveIPC|Personality)/,
    "none",
    NO_WORD,
  ],
  [
    /^\w+\.(Root(Directory|Image|Hash|Verity|Ephemeral)?\w*|MountFlags|MountAPIVFS|MountImages|ExtensionImages|Network(NamespacePath)|IPCNamespacePath|SELinuxContext|AppArmorProfile|SmackProcessLabel|PAMName|SetLoginEnvironment|UserNamespacePath)$/,
    "none",
    "dinit does not set this up; a command in front of the program can",
  ],
  [
    /^\w+\.(Memory|CPU|IO|BlockIO|Startup|Tasks|Delegate|IP|Device|Slice|ManagedOOM|DefaultMemory|AllowedCPUs|AllowedMemoryNodes|BPFProgram|NFTSet|SocketBind|DisableControllers|CoredumpReceive)/,
    "decision",
    "the group of the service has only the limits of docs/control-groups.md; see also run-in-cgroup",
  ],
  [
    /^Service\.(NUMA|CPUScheduling)/,
    "none",
    "dinit does not set this; a command in front of the program can",
  ],
  [
    /^Service\.(TimerSlackNSec|IgnoreSIGPIPE|SecureBits|CoredumpFilter)$/,
    "none",
    "a command in front of the program can set it",
  ],
  [/^Service\.(TTY|UtmpIdentifier|UtmpMode)/, "decision", "see runs-on-console, inittab-id and inittab-line"],
  [
    /^Service\.(Syslog|LogLevelMax|LogExtraFields|LogRateLimit|LogNamespace|LogFilterPatterns)/,
    "none",
    "see log-type = kept and its limits",
  ],
  [/^Service\.(Success|RestartPrevent|RestartForce)ExitStatus$/, "none", "only status 0 is a success"],
  [/^Service\.NotifyAccess$/, "carried", "all processes of a service may send messages"],
  [/^Service\.GuessMainPID$/, "carried", "the process ID comes from the pid-file"],
  [/^Service\.ReloadSignal$/, "changed", "dinitctl signal sends it"],
  [
    /^Service\.(FinalKillSignal|WatchdogSignal|SendSIGHUP|RestartKillSignal|TimeoutAbortSec)/,
    "none",
    "a stop is term-signal, and KILL after stop-timeout",
  ],
  [
    /^Service\.(Failure|Success)Action$/,
    "none",
    "dinit does not restart the machine because of a service; see on-failure",
  ],
  [/^Service\.Timeout(Start|Stop)FailureMode$/, "none", "after stop-timeout the processes get KILL"],
  [/^Service\.(OOMPolicy)$/, "none", "a process that the system has ended is a failure like others"],
  [
    /^Service\.RuntimeMax|^Service\.RuntimeRandomizedExtraSec$/,
    "none",
    "a service may run for any time; the command timeout limits a program",
  ],
  [
    /^Service\.StandardInput(Text|Data)$/,
    "decision",
    "a command such as sh -c 'PROGRAM < FILE' gives it its input",
  ],
  [
    /^Service\.(FileDescriptor|OpenFile|Sockets|NonBlocking)/,
    "decision",
    "a description names one activation socket, with socket-listen",
  ],
  [
    /^Service\.(LoadCredential|SetCredential|ImportCredential)/,
    "decision",
    "give the program the path of the file",
  ],
  [
    /^Service\.(RestartMode|ExitType|RootDirectoryStartOnly|PermissionsStartOnly)$/,
    "none",
    "dinit does this in one way only",
  ],
  [/^Service\.(USBFunction|DynamicUser|StateDirectory|CacheDirectory)/, "decision", "nothing here does this"],
  [/^Service\.Exec(Condition)$/, "decision", "a service that this one depends on can test it"],
  [/^Service\.(SysVStartPriority)$/, "carried", "systemd ignores it, too"],
  [/^Service\.TimeoutCleanSec$/, "none", "dinit does not remove the files of a service"],
  [/^\w+\.\.include$/, "none", "systemd ignores it, too: name the file as a drop-in"],
];

/** Classifies what nothing else has read. A directive that no row knows stays without a class. */
export function explain(directives: readonly Directive[]): void {
  for (const directive of directives) {
    const key = `${directive.section}.${directive.name}`;
    const row = ROWS.find(([pattern]) => pattern.test(key));
    if (row === undefined) continue;
    const [, outcome, note] = row;
    if (outcome === "carried") directive.carried(note);
    else directive[outcome](note);
  }
}
