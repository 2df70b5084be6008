/** The emulated machine: what it consists of. */

/** What a machine is started with. */
export interface MachineOptions {
  /** File with the kernel. */
  readonly kernel: string;
  /** File with the image of its disk. */
  readonly disk: string;
  /** The init program, and words for it. */
  readonly init: readonly string[];
}

/** The emulator's program. */
export const QEMU = "qemu-system-x86_64";

/** The disk as the kernel of the virtual machine sees it. The kernel has driver and filesystem built in. */
export const DISK = "/dev/nvme0n1";

const KERNEL_WORDS = [
  `root=${DISK}`,
  "ro",
  "console=ttyS0",
  // A panic ends the machine at once.
  "panic=-1",
  // Nobody attacks it, and guarding against that is slow when it is emulated.
  "mitigations=off",
  // Drivers for what it has and nobody uses. Loading them takes longer than starting all services.
  "modprobe.blacklist=kvm_amd,ata_piix",
];

/**
 * The emulator's arguments. The processor is emulated, so that it also runs where there is no hardware
 * virtualisation; serial line and terminal are standard input and output.
 */
export function qemuArguments(options: MachineOptions): string[] {
  const [init, ...words] = options.init;
  return [
    // V8 needs more than the default processor has.
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
