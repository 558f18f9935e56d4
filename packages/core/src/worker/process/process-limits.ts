/** The version of the protocol that every worker process speaks: states go to and fro with each batch. */
export const protocolVersion = 1;

/** The version of a process that also keeps states between batches. It is agreed on in `hello`. */
export const keepingProtocol = 2;

/** Bytes that one line may have, in both directions. */
export const maxLineBytes = 64 * 1024 * 1024;

/** How long a process may take to say what it is, in milliseconds: an interpreter has to start. */
export const helloTimeoutMs = 30_000;

/** Attempts in a row that may fail without a single event being handled, before the process is given up. */
export const maxFailuresInARow = 20;
