import { tlsSettingsOf, type KafkaSettings } from './kafka-settings.js';

/** What is wrong and what mends it, each in words that follow a colon. */
export interface Problem {
  readonly what: string;
  readonly hint: string;
}

/** What a failed handshake means; null when the error is none of TLS. `message` is that of Node, for what has no code. */
export function tlsProblem(code: string, message: string, settings: KafkaSettings): Problem | null {
  const tls = tlsSettingsOf(settings);
  if (tls === null) return null;
  if (unknownAuthority.has(code)) {
    return {
      what: `the certificate of the broker was signed by an authority that is not believed here (${code})`,
      hint:
        tls.ca === undefined
          ? 'name the file with the certificate of that authority in tls.ca'
          : `${tls.ca} (tls.ca) does not hold that authority: ask who runs the cluster for it`,
    };
  }
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
    return {
      what: `the certificate of the broker was signed by nobody but itself (${code})`,
      hint: 'if it is the right one, compared over another way, put this certificate in the file of tls.ca',
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return {
      what: `the certificate of the broker ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code})`,
      hint: 'the broker needs a new certificate; if it is valid, the clock of this machine is wrong',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      what: `the certificate of the broker is for another name: ${altNames(message)}`,
      hint: 'address the broker by a name of its certificate, or say in tls.serverName which name it carries',
    };
  }
  if (clientRefused.test(code)) {
    return {
      what:
        tls.cert === undefined
          ? `the broker asks for a certificate of the client (${code})`
          : `the broker refuses the certificate of the client (${code})`,
      hint:
        tls.cert === undefined
          ? 'name a client certificate and its key in tls.cert and tls.key'
          : `have ${tls.cert} (tls.cert) signed by an authority that the broker believes, and look at when it expires`,
    };
  }
  if (speaksPlain(code, message)) {
    return {
      what: 'TLS was spoken and no TLS came back: the port is one without encryption, or none of Kafka',
      hint: 'use the port of the listener SSL or SASL_SSL, or leave tls out if the cluster has none',
    };
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER|HANDSHAKE_FAILURE/.test(code)) {
    return {
      what: `client and broker have no version or cipher of TLS in common (${code})`,
      hint: 'the broker must allow TLSv1.2 or TLSv1.3 (ssl.enabled.protocols)',
    };
  }
  if (/^(?:CERT_|CRL_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|INVALID_|PATH_LENGTH_|HOSTNAME_)/.test(code) || code === 'EPROTO') {
    return { what: `the TLS handshake failed (${code})`, hint: 'compare the listener of the broker with tls' };
  }
  return null;
}

const unknownAuthority = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

const clientRefused =
  /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_REQUIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/;

/** Kafka takes the first bytes of a handshake for a size that is far too large, and hangs up. */
function speaksPlain(code: string, message: string): boolean {
  return (
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code) ||
    (code === 'EPROTO' && message.includes('wrong version number')) ||
    (code === 'ECONNRESET' && message.includes('before secure TLS connection'))
  );
}

function altNames(message: string): string {
  const found = /Host: (.+?)\.? is not in the cert's altnames: (.+)$/s.exec(message);
  const [, host, names] = found ?? [];
  return host === undefined || names === undefined ? 'not that of the address' : `not ${host} but ${names.trim()}`;
}
