import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findKafka, startKafkaBroker } from '@eventmend/test-services';

/** A real broker for tests: one listener that anybody may use as a super user, and one with TLS and signing in. */
export interface KafkaUnderTest {
  /** `host:port` without TLS and without signing in; whoever comes here may do everything. */
  readonly bootstrap: string;
  /** `host:port` with TLS, PLAIN and SCRAM-SHA-512, where rules are checked. */
  readonly secureBootstrap: string;
  /** The file with the authority of the broker's certificate, which is for 127.0.0.1. */
  readonly ca: string;
  readonly users: {
    /** Signs in with SCRAM-SHA-512 and has no rules of its own. */
    readonly reader: { readonly name: string; readonly password: string };
  };
  stop(): Promise<void>;
}

/** A broker whose rules are checked; null where this machine cannot run one, which is told where the tests are skipped. */
export async function kafkaUnderTest(): Promise<KafkaUnderTest | null> {
  if ('missing' in (await findKafka())) return null;
  const reader = { name: 'reader', password: 'reader-secret' };
  const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;
  const broker = await startKafkaBroker({
    security: { tls: true, users: [{ ...reader, mechanisms }], authorizer: true, superUsers: ['admin'] },
  });
  const ca = join(broker.folder, 'authority.pem');
  writeFileSync(ca, broker.security?.ca ?? '');
  return {
    bootstrap: broker.admin,
    secureBootstrap: broker.bootstrap,
    ca,
    users: { reader },
    stop: () => broker.stop(),
  };
}
