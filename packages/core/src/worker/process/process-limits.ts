/** The version of the protocol that this host speaks. */
export const protocolVersion = 1;

/** Bytes that one line may have, in both directions. */
export const maxLineBytes = 64 * 1024 * 1024;

/** How long a process may take to say what it is, in milliseconds: an interpreter has to start. */
export const helloTimeoutMs = 30_000;

/** Attempts in a row that may fail without a single event being handled, before the process is given up. */
export const maxFailuresInARow = 20;
