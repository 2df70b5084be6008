/**
 * What a program needs to be outlived by its process: handlers of faults, memory that the next program inherits, and
 * what a program may take over. Only a daemon with the native host loads it.
 *
 * @module
 */

export { FAULT_SIGNALS, FaultHandlers, type FaultProgram } from "./fault_handlers.ts";
export { MemoryFile, readWhole } from "./memory_file.ts";
export { type OwnDescriptor, OwnDescriptors } from "./own_descriptors.ts";
export { ProcessHandles } from "./process_handles.ts";
export { ALL_SIGNALS, signalBits, SignalMask } from "./signal_mask.ts";
