/** Capabilities and securebits of a description in the words of setpriv. Service description 3.6. */

/**
 * The options for IAB text such as `^cap_net_bind_service,!cap_sys_admin`. The inheritable and the ambient set become
 * what is named; what is blocked leaves the bounding set.
 */
export function capabilityOptions(text: string): string[] {
  const inheritable = ["-all"];
  const ambient = ["-all"];
  const bounding: string[] = [];
  for (const entry of text.split(",")) {
    const [, prefix, name] = /^([!^%]*)(.*)$/s.exec(entry)!;
    if (name === "") continue;
    const capability = toolName(name);
    if (prefix.includes("!")) bounding.push(`-${capability}`);
    if (prefix.includes("^")) ambient.push(`+${capability}`);
    if (prefix === "" || prefix.includes("^") || prefix.includes("%")) inheritable.push(`+${capability}`);
  }
  const options = [`--inh-caps=${inheritable.join(",")}`, `--ambient-caps=${ambient.join(",")}`];
  if (bounding.length > 0) options.push(`--bounding-set=${bounding.join(",")}`);
  return options;
}

/** setpriv knows names without their prefix, and numbers with one. */
function toolName(name: string): string {
  return /^\d/.test(name) ? `cap_${Number(name)}` : name.toLowerCase().replace(/^cap_/, "");
}

/** The option for securebits. `keep-caps` is not passed on: executing the command clears it anyway. */
export function secureBitsOption(flags: readonly string[]): string | undefined {
  const lasting = flags.filter((flag) => flag !== "keep-caps");
  if (lasting.length === 0) return undefined;
  return `--securebits=${lasting.map((flag) => `+${flag.replaceAll("-", "_")}`).join(",")}`;
}
