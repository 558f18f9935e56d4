/** How a user proves who it is. OAUTHBEARER takes unsecured tokens: see `unsecuredToken`. */
export type KafkaMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer';

export interface KafkaUser {
  readonly name: string;
  readonly password: string;
  /** The mechanisms that this user may use. A token of OAUTHBEARER names its user itself and has no password. */
  readonly mechanisms: readonly KafkaMechanism[];
}

/** The listener with security, which stands beside the one without. At least one of `tls` and `users` is needed. */
export interface KafkaSecurityOptions {
  /** Whether connections are encrypted, with a certificate of a private authority that is made for this broker. */
  readonly tls: boolean;
  /** Whether clients have to show a certificate. Default: false. */
  readonly clientCertificates?: boolean;
  /** Who may connect with SASL; none: no SASL at all. */
  readonly users?: readonly KafkaUser[];
  /** Whether access is decided by ACLs; without an ACL nobody but a super user may do anything. Default: false. */
  readonly authorizer?: boolean;
  /** Names of users that may do everything, without `User:`; the one of the client certificate is `CN=client`. */
  readonly superUsers?: readonly string[];
}

/** The mechanisms that at least one user may use, each once. */
export function mechanismsOf(options: KafkaSecurityOptions): KafkaMechanism[] {
  return [...new Set((options.users ?? []).flatMap(({ mechanisms }) => mechanisms))];
}

/** What cannot be asked for, in words; null when all is well. */
export function problemOfSecurity(options: KafkaSecurityOptions): string | null {
  const mechanisms = mechanismsOf(options);
  if (!options.tls && mechanisms.length === 0) return 'neither tls nor users: that is the listener without security';
  if (options.clientCertificates === true && !options.tls) return 'client certificates need tls';
  const nobody = mechanisms.length === 0 && options.clientCertificates !== true;
  // Who shows nothing is ANONYMOUS, and that is the super user of the listener without security.
  if (options.authorizer === true && nobody) return 'an authorizer needs users or client certificates to tell apart';
  for (const { name, password } of options.users ?? []) {
    // They stand in arguments and settings of several grammars, which agree on these.
    if (!/^[\w.@-]+$/.test(name)) return `'${name}' has characters that a name of a user may not have here`;
    if (!/^[\x21-\x7e]*$/.test(password) || /[",;=[\]\\]/.test(password)) {
      return `the password of ${name} has characters that it may not have here: blanks, " , ; = [ ] \\ and beyond ASCII`;
    }
  }
  return null;
}
