export type SecretSource =
  { readonly file: string } | { readonly env: string } | { readonly command: readonly string[] };
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId?: string;
  readonly tls?:
    | boolean
    | {
        readonly ca?: string;
        readonly cert?: string;
        readonly key?: string;
        readonly keyPassphrase?: SecretSource;
        readonly serverName?: string;
      };
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: SecretSource;
      }
    | { readonly mechanism: 'oauthbearer'; readonly token: SecretSource };
}
