/**
 * The client's end of the control protocol, for the tools and for other programs.
 *
 * @module
 */

export * from "./control_client.ts";
