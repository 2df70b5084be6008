/** The parts of the emulated machine. */

/** The parameters of a machine. */
export interface MachineOptions {
  /** The file of the kernel. */
  readonly kernel: string;
  /** The image of its disk. */
  readonly disk: string;
  /** The init program and its arguments. */
  readonly init: readonly string[];
}

/** The emulator's program. */
export const QEMU = "qemu-system-x86_64";

/** The name of the disk in the virtual machine. The kernel has driver and filesystem built in. */
export const DISK = "/dev/nvme0n1";

const KERNEL_WORDS = [
  `root=${DISK}`,
  "ro",
  "console=ttyS0",
  // A panic ends the machine at once.
  "panic=-1",
  // No attacker is present, and mitigations are slow under emulation.
  "mitigations=off",
  // Drivers for devices that nobody uses. Loading them takes longer than starting all services.
  "modprobe.blacklist=kvm_amd,ata_piix",
];

/**
 * The emulator's arguments. The processor is emulated, so that it also works without hardware virtualisation. Serial
 * line and terminal are standard input and output.
 */
export function qemuArguments(options: MachineOptions): string[] {
  const [init, ...words] = options.init;
  return [
    // V8 needs more than the default processor supports.
    ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024"],
    ...["-nodefaults", "-nic", "none", "-display", "none", "-no-reboot"],
    ...["-kernel", options.kernel, "-append", [...KERNEL_WORDS, `init=${init}`, "--", ...words].join(" ")],
    ...[
      "-drive",
      `file=${options.disk},format=raw,if=none,id=disk`,
      "-device",
      "nvme,drive=disk,serial=disk",
    ],
  ];
}
