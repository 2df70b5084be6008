import { type ServiceDescription, ServiceType } from "../../model/mod.ts";
import { type ChainContext, type ChainSettings, type ChainTool, requiredTools } from "./exec_chain.ts";

/** The tools that the native host needs to carry a description out, each with the settings that want it. */
export function nativeRequirements(
  description: ServiceDescription,
  context: ChainContext,
): [ChainTool, string][] {
  const { type } = description;
  if (type === ServiceType.INTERNAL || type === ServiceType.TRIGGERED) return [];
  return requiredTools(chainSettings(description), context);
}

function chainSettings(description: ServiceDescription): ChainSettings {
  return {
    limits: description.limits,
    nice: description.nice,
    ioPriority: description.ioPriority,
    oomScoreAdjust: description.oomScoreAdjust,
    cgroup: description.cgroup,
    runAs: description.runAs,
    capabilities: description.capabilities,
    secureBits: description.secureBits,
    noNewPrivs: description.flags.noNewPrivs,
    activationSocket: description.socketPath !== "",
  };
}
