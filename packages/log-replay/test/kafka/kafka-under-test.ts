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
}

/** The broker that EVENTMEND_TEST_KAFKA describes, as the JSON of this interface; null without one. */
export function kafkaUnderTest(): KafkaUnderTest | null {
  const described = process.env['EVENTMEND_TEST_KAFKA'];
  return described === undefined ? null : (JSON.parse(described) as KafkaUnderTest);
}
