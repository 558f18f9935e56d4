import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './programs/run-program.js';

/** A certificate and its key, both as PEM. */
export interface CertificateWithKey {
  readonly certificate: string;
  readonly key: string;
}

/** What a private authority has issued for one broker. */
export interface PrivateAuthority {
  /** The certificate of the authority as PEM: what a client has to trust. */
  readonly ca: string;
  readonly client: CertificateWithKey;
  /** The same for the broker, as files. */
  readonly files: { readonly ca: string; readonly server: string };
}

/** Of its own, so that what a system puts into its openssl.cnf changes nothing. */
const config = `[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
subjectAltName = IP:127.0.0.1,DNS:localhost
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
`;

/** Longer than any broker of a test lives. The certificates are made anew for each broker. */
const days = ['-days', '30'];

/**
 * Makes an authority, a certificate for a broker on 127.0.0.1 and one for a client (`CN=client`) in a folder. Keys come
 * from Node, certificates from the `openssl` command (OpenSSL 1.1 or newer, or LibreSSL), since Node cannot make any.
 * @throws Error when openssl is missing or refuses.
 */
export async function makePrivateAuthority(folder: string): Promise<PrivateAuthority> {
  await mkdir(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  await writeFile(at('openssl.cnf'), config);

  await writeKey(at('ca-key.pem'));
  const subject = ['-subj', '/CN=Eventmend test authority', '-config', at('openssl.cnf')];
  const signer = ['req', '-x509', '-new', '-key', at('ca-key.pem'), '-extensions', 'authority', ...subject];
  await openssl([...signer, ...days, '-out', at('ca.pem')]);

  const issue = async (role: 'server' | 'client', name: string, serial: number): Promise<CertificateWithKey> => {
    const [key, request, certificate] = [at(`${role}-key.pem`), at(`${role}.csr`), at(`${role}-certificate.pem`)];
    await writeKey(key);
    const own = ['-subj', `/CN=${name}`, '-config', at('openssl.cnf')];
    await openssl(['req', '-new', '-key', key, ...own, '-out', request]);
    const by = ['-CA', at('ca.pem'), '-CAkey', at('ca-key.pem'), '-set_serial', String(serial), ...days];
    const as = ['-extfile', at('openssl.cnf'), '-extensions', role];
    await openssl(['x509', '-req', '-in', request, ...by, ...as, '-out', certificate]);
    return { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  };
  const server = await issue('server', 'localhost', 2);
  const client = await issue('client', 'client', 3);
  await writeFile(at('server.pem'), server.key + server.certificate, { mode: 0o600 });
  return {
    ca: await readFile(at('ca.pem'), 'utf8'),
    client,
    files: { ca: at('ca.pem'), server: at('server.pem') },
  };
}

/** Kafka reads keys in the form PKCS #8 alone. */
async function writeKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}

async function openssl(args: readonly string[]): Promise<void> {
  const { problem, output } = await runProgram('openssl', args);
  if (problem !== null) throw new Error(`a certificate for a test broker cannot be made: ${problem}\n${output}`);
}
