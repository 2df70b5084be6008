/** Capability vectors in the IAB text form (service description 3.6). */

/** The capabilities of Linux, without `cap_`. */
const NAMES = new Set(
  ("chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service " +
    "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct " +
    "sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control " +
    "setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore")
    .split(" "),
);

/** Capabilities are bits of a 64-bit set. */
const HIGHEST = 63;
const ENTRY = /^[!^%]*(?:([A-Za-z_]+)|([0-9][0-9A-Fa-fxX]*))$/;

/**
 * A capability text without its meaningless parts: a comma at the end, or prefix characters without a capability.
 * `undefined` if the text is not valid.
 */
export function normalCapabilities(text: string): string | undefined {
  if (text === "") return undefined;
  const entries = text.split(",");
  if (/^[!^%]*$/.test(entries[entries.length - 1])) entries.pop();
  return entries.every(isEntry) ? entries.join(",") : undefined;
}

function isEntry(entry: string): boolean {
  const match = ENTRY.exec(entry);
  if (match === null) return false;
  const [, name, number] = match;
  if (name !== undefined) return /^cap_/i.test(name) && NAMES.has(name.slice(4).toLowerCase());
  // As the C library reads numbers: 0x for hexadecimal, a leading 0 for octal.
  if (!/^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(number)) return false;
  const octal = /^0[0-7]+$/.test(number);
  return Number(octal ? `0o${number.slice(1)}` : number) <= HIGHEST;
}
