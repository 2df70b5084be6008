/**
 * What health checks and notification sockets need of the C library.
 *
 * @module
 */

export { Connecting, type RemoteAddress } from "./connecting.ts";
export { type NotifyMessage, NotifySockets } from "./notify_sockets.ts";
