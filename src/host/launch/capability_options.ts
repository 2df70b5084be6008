/** Options of setpriv for the capabilities and securebits of a description. Service description 3.6. */

/**
 * The options for IAB text such as `^cap_net_bind_service,!cap_sys_admin`. They set the inheritable and the ambient set
 * to the named capabilities, and remove the blocked ones from the bounding set.
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

/** setpriv expects names without their prefix, and numbers with one. */
function toolName(name: string): string {
  return /^\d/.test(name) ? `cap_${Number(name)}` : name.toLowerCase().replace(/^cap_/, "");
}

/** The option for securebits. `keep-caps` is left out, because executing the command clears it. */
export function secureBitsOption(flags: readonly string[]): string | undefined {
  const lasting = flags.filter((flag) => flag !== "keep-caps");
  if (lasting.length === 0) return undefined;
  return `--securebits=${lasting.map((flag) => `+${flag.replaceAll("-", "_")}`).join(",")}`;
}
