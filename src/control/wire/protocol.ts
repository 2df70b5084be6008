/**
 * The numbers of the control protocol: packet types, flag bits and limits (control protocol 4.1, 7, 9, 10.5).
 * Numbers below 128 belong to the reference; 128 and above are extensions that only this program speaks.
 */

/** The version that this daemon announces, and the newest that this client supports. */
export const PROTOCOL_VERSION = 7;

/** The oldest version that this daemon supports, and the oldest that this client accepts. */
export const MINIMUM_PROTOCOL_VERSION = 1;

/** Packets from client to daemon (control protocol 7). */
export const Request = {
  QUERYVERSION: 0,
  FINDSERVICE: 1,
  LOADSERVICE: 2,
  STARTSERVICE: 3,
  STOPSERVICE: 4,
  WAKESERVICE: 5,
  RELEASESERVICE: 6,
  UNPINSERVICE: 7,
  LISTSERVICES: 8,
  UNLOADSERVICE: 9,
  SHUTDOWN: 10,
  ADD_DEP: 11,
  REM_DEP: 12,
  QUERY_LOAD_MECH: 13,
  ENABLESERVICE: 14,
  QUERYSERVICENAME: 15,
  RELOADSERVICE: 16,
  SETENV: 17,
  SERVICESTATUS: 18,
  SETTRIGGER: 19,
  CATLOG: 20,
  SIGNAL: 21,
  QUERYSERVICEDSCDIR: 22,
  CLOSEHANDLE: 23,
  GETALLENV: 24,
  LISTSERVICES5: 25,
  SERVICESTATUS5: 26,
  LISTENENV: 27,
  SERVICESTATUS6: 28,
  ENABLE_SERVICE_V7: 29,
  /** Extension: requests the JSON document of a topic. Only after the negotiation of extensions. */
  QUERY: 128,
  /** Extension: asks for the facts of the daemon from now on, or from a number on. Answered by SUBSCRIBED. */
  SUBSCRIBE: 129,
  /** Extension: ends what SUBSCRIBE began. */
  UNSUBSCRIBE: 130,
  /** Extension: asks for another program in place of the daemon. Answered by ACK or UPGRADE_REFUSED. */
  UPGRADE: 131,
  /** Extension: asks for a rotation of the log of a service. Answered by ROTATED, or by NAK if dinit does not rotate it. */
  ROTATE: 132,
} as const;
export type Request = (typeof Request)[keyof typeof Request];

/** Packets from daemon to client that answer a request (control protocol 10.5). */
export const Reply = {
  ACK: 50,
  NAK: 51,
  BADREQ: 52,
  OOM: 53,
  CPVERSION: 58,
  SERVICERECORD: 59,
  NOSERVICE: 60,
  ALREADYSS: 61,
  SVCINFO: 62,
  LISTDONE: 63,
  LOADER_MECH: 64,
  DEPENDENTS: 65,
  SERVICENAME: 66,
  PINNEDSTOPPED: 67,
  PINNEDSTARTED: 68,
  SHUTTINGDOWN: 69,
  SERVICESTATUS: 70,
  SERVICE_DESC_ERR: 71,
  SERVICE_LOAD_ERR: 72,
  SERVICE_LOG: 73,
  SIGNAL_NOPID: 74,
  SIGNAL_BADSIG: 75,
  SIGNAL_KILLERR: 76,
  SVCDSCDIR: 77,
  ALLENV: 78,
  PREACK: 79,
  /** Extension: the daemon has extensions, of this version. The reply to FINDSERVICE for `EXTENSIONS_NAME`. */
  EXTENSIONS: 192,
  /** Extension: the JSON document of a QUERY. */
  ANSWER: 193,
  /** Extension: the answer to SUBSCRIBE. Its number is also in the EVENT packets of the subscription. */
  SUBSCRIBED: 194,
  /** Extension: the answer to UPGRADE if nothing has changed, with the reason. */
  UPGRADE_REFUSED: 195,
  /** Extension: the result of ROTATE. */
  ROTATED: 196,
} as const;
export type Reply = (typeof Reply)[keyof typeof Reply];

/** Packets that the daemon sends without a request (control protocol 9). */
export const Information = {
  SERVICEEVENT: 100,
  SERVICEEVENT5: 101,
  ENVEVENT: 102,
  /** Extension: a fact, or a gap between facts, for one subscription. */
  EVENT: 224,
} as const;
export type Information = (typeof Information)[keyof typeof Information];

/** Flag bits of STARTSERVICE, STOPSERVICE, WAKESERVICE and RELEASESERVICE (control protocol 7.2). */
export const StartStopFlag = {
  /** START and WAKE pin the service started, STOP and RELEASE pin it stopped. */
  PIN: 0x01,
  /** STOP only: refuse if active hard dependents exist. */
  GENTLE: 0x02,
  /** STOP only: start again afterwards. */
  RESTART: 0x04,
  /** Send PREACK first. */
  PREACK: 0x80,
} as const;

/** Flag bit of CATLOG: clear the buffer after reading it. */
export const CATLOG_CLEAR = 0x01;

/** Flag bit of ENVEVENT: an earlier value was replaced or removed. */
export const ENVIRONMENT_REPLACED = 0x01;

/** Flag bit of SUBSCRIBE: facts from now on, whatever the packet says of earlier ones. */
export const SUBSCRIBE_FROM_NOW = 0x01;

/** Flag bit of UPGRADE: only check whether it would be possible. */
export const UPGRADE_CHECK = 0x01;

/** The results in ROTATED. */
export const Rotation = {
  /** There is a new archive. */
  DONE: 0,
  /** Nothing could be cut off: the file has no whole block besides the last one. */
  TOO_SMALL: 1,
  /** It has failed; the packet has the reason. */
  FAILED: 2,
} as const;
export type Rotation = (typeof Rotation)[keyof typeof Rotation];

/** The longest request that the daemon buffers, in bytes. */
export const REQUEST_LIMIT = 1024;

/** The longest name, environment entry or topic of a request, in bytes. */
export const REQUEST_TEXT_LIMIT = REQUEST_LIMIT - 3;

/** The names in one SUBSCRIBE packet take at most this many bytes, with one more behind each of them. */
export const SUBSCRIBE_NAMES_LIMIT = REQUEST_LIMIT - 20;

/** The longest name in a SVCINFO packet, in bytes; longer ones are cut (control protocol 7.9). */
export const LISTED_NAME_LIMIT = 255;

/** The only kind of service loader: service directories (control protocol 7.8). */
export const DIRECTORY_LOADER = 1;

/** The length byte of ENVEVENT, which does not include the entry after it (control protocol 9.3). */
export const ENVEVENT_HEADER_SIZE = 5;

/**
 * The service name that a client looks up to ask for extensions. No service has it, so a daemon without extensions
 * replies NOSERVICE and does nothing else.
 */
export const EXTENSIONS_NAME = "\x01dinit-extensions";

/**
 * With a topic after it, this name asks for extensions and sends a query in one packet: a daemon with extensions
 * replies ANSWER, or EXTENSIONS if it does not know the topic.
 */
export const EXTENSIONS_QUERY = `${EXTENSIONS_NAME}\x01`;

/** The version of the extensions: 1 has queries, 2 has subscriptions as well, 3 has upgrades, and 4 has rotations of logs. */
export const EXTENSIONS_VERSION = 4;
