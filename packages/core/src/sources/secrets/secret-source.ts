/** Where a secret is had from. Never the secret itself: settings are written to files, plans and reports. */
export type SecretSource =
  | { readonly file: string }
  | { readonly env: string }
  /** A program and its arguments; what it prints is the secret. */
  | { readonly command: readonly string[] };

/** Reads a secret. @throws RecoveryError `secret-unavailable` when it cannot be had. */
export type ReadSecret = (source: SecretSource) => string;
