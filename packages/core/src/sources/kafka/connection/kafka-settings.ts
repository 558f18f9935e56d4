import type { SecretSource } from '../../secrets/secret-source.js';

/** Files in the PEM format. The broker's certificate is always verified; there is no setting that turns it off. */
export interface KafkaTlsSettings {
  /** The authorities that are believed, in place of those that Node brings along. */
  readonly ca?: string;
  /** The certificate that this client shows. */
  readonly cert?: string;
  readonly key?: string;
  readonly keyPassphrase?: SecretSource;
  /** The name that the broker's certificate must carry, where it is not the host of the address. */
  readonly serverName?: string;
}

/** How the client signs in. */
export type KafkaSaslSettings =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: SecretSource;
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: SecretSource };

/** How a Kafka cluster is reached; plain JSON. */
export interface KafkaSettings {
  /** `host:port` of some brokers; the others are learnt from these. */
  readonly brokers: readonly string[];
  readonly clientId?: string;
  readonly tls?: boolean | KafkaTlsSettings;
  readonly sasl?: KafkaSaslSettings;
  readonly connectionTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

/** What holds where the settings say nothing. */
export const kafkaDefaults = { clientId: 'eventmend', connectionTimeoutMs: 10_000, requestTimeoutMs: 30_000 } as const;

/** The TLS settings, or null when the connection is not encrypted. */
export function tlsSettingsOf(settings: KafkaSettings): KafkaTlsSettings | null {
  const { tls = false } = settings;
  if (tls === true) return {};
  return tls === false ? null : tls;
}

/** The name under which the cluster's rules know this client; null when the broker derives it from what is not seen here. */
export function principalOf(settings: KafkaSettings): string | null {
  if (settings.sasl !== undefined) {
    return settings.sasl.mechanism === 'oauthbearer' ? null : `User:${settings.sasl.username}`;
  }
  return tlsSettingsOf(settings)?.cert === undefined ? 'User:ANONYMOUS' : null;
}
