import { mechanismsOf, type KafkaMechanism, type KafkaSecurityOptions } from './security-options.js';
import { clientListenerName, type ClientListener } from './server-properties.js';

/** The files that the broker reads its certificates from. */
export interface BrokerCertificateFiles {
  /** The certificate of the authority. */
  readonly ca: string;
  /** The key and the certificate of the broker. */
  readonly server: string;
}

const modules = 'org.apache.kafka.common.security';

/** The protocol of the listener that is asked for. */
export function protocolOf(options: KafkaSecurityOptions): ClientListener['protocol'] {
  if (mechanismsOf(options).length === 0) return 'SSL';
  return options.tls ? 'SASL_SSL' : 'SASL_PLAINTEXT';
}

/** The settings of the listener with security, and of who may do what. */
export function securityProperties(
  options: KafkaSecurityOptions,
  certificates: BrokerCertificateFiles | null,
): Record<string, string> {
  const listener = `listener.name.${clientListenerName.toLowerCase()}.`;
  const properties: Record<string, string> = {};
  if (certificates !== null) {
    properties[`${listener}ssl.keystore.type`] = 'PEM';
    properties[`${listener}ssl.keystore.location`] = certificates.server;
    properties[`${listener}ssl.truststore.type`] = 'PEM';
    properties[`${listener}ssl.truststore.location`] = certificates.ca;
    properties[`${listener}ssl.client.auth`] = options.clientCertificates === true ? 'required' : 'none';
  }
  const mechanisms = mechanismsOf(options);
  if (mechanisms.length > 0) {
    properties[`${listener}sasl.enabled.mechanisms`] = mechanisms.map((name) => name.toUpperCase()).join(',');
  }
  for (const mechanism of mechanisms) {
    properties[`${listener}${mechanism}.sasl.jaas.config`] = jaasOf(mechanism, options);
  }
  if (options.authorizer === true) {
    // The listener without security knows its clients as ANONYMOUS; topics and ACLs are made over it.
    const superUsers = ['ANONYMOUS', ...(options.superUsers ?? [])];
    properties['authorizer.class.name'] = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer';
    properties['super.users'] = superUsers.map((name) => `User:${name}`).join(';');
  }
  return properties;
}

/** The arguments that give a fresh cluster its SCRAM users: they are part of its data and not of its settings. */
export function scramArguments(options: KafkaSecurityOptions): string[] {
  return (options.users ?? []).flatMap(({ name, password, mechanisms }) =>
    mechanisms
      .filter((mechanism) => mechanism.startsWith('scram-'))
      .flatMap((mechanism) => ['--add-scram', `${mechanism.toUpperCase()}=[name=${name},password=${password}]`]),
  );
}

function jaasOf(mechanism: KafkaMechanism, options: KafkaSecurityOptions): string {
  switch (mechanism) {
    case 'plain': {
      const users = (options.users ?? []).filter((user) => user.mechanisms.includes('plain'));
      const entries = users.map(({ name, password }) => ` "user_${name}"="${password}"`);
      return `${modules}.plain.PlainLoginModule required${entries.join('')};`;
    }
    case 'oauthbearer':
      return `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`;
    case 'scram-sha-256':
    case 'scram-sha-512':
      return `${modules}.scram.ScramLoginModule required;`;
  }
}
