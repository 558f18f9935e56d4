import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findKafka } from './find-kafka.js';
import { freePorts } from './free-ports.js';
import type { KafkaBroker } from './kafka-broker.js';
import { kafkaJars } from './kafka-jars.js';
import { defaultKafkaVersion } from './kafka-version.js';
import { makePrivateAuthority, type PrivateAuthority } from '../private-authority.js';
import { propertiesText } from './properties-text.js';
import { problemOfSecurity, type KafkaSecurityOptions } from './security-options.js';
import { protocolOf, scramArguments, securityProperties } from './security-properties.js';
import { serverProperties } from './server-properties.js';
import { openServer, type Server } from './server-process.js';
import { startGuard } from '../programs/start-guard.js';

export interface KafkaBrokerOptions {
  /** Default: 4.3.0. */
  readonly version?: string;
  /** A second listener that asks clients who they are. Default: none. */
  readonly security?: KafkaSecurityOptions;
  /** The port of `bootstrap`. Default: a free one. */
  readonly port?: number;
  /** Further settings of the broker, which win over those of the kit. */
  readonly properties?: Readonly<Record<string, string>>;
  /**
   * A folder of the caller for the data, which stays when the broker stops; a broker of the same version can go on with
   * it. SCRAM users are those of the first start. Default: a temporary folder.
   */
  readonly dataFolder?: string;
  /** How long it may take until the broker answers, in milliseconds. Default: two minutes, since a busy machine is no failure. */
  readonly readyWithinMs?: number;
}

/** Ports are free when they are chosen and may be taken when they are used; so often anew. */
const attempts = 5;

/**
 * Starts a Kafka of one node on the loopback and waits until it answers. The first start of a version fetches its jars.
 * The broker ends when this process ends, however that ends. Not for Windows, which knows no SIGSTOP.
 * @throws Error in words: what is not installed, or the last lines of the broker's log when it does not get ready.
 */
export async function startKafkaBroker(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const { version = defaultKafkaVersion, security, readyWithinMs = 120_000 } = options;
  const problem = security === undefined ? null : problemOfSecurity(security);
  if (problem !== null) throw new Error(`a broker with this security cannot be started: ${problem}`);
  const installation = await findKafka(version);
  if ('missing' in installation) throw new Error(installation.missing);
  const jars = installation.jars ?? (await kafkaJars(version));

  const kept = options.dataFolder === undefined ? null : resolve(options.dataFolder);
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'eventmend-kafka-')));
  const guard = startGuard(kept === null ? folder : null);
  try {
    await mkdir(join(folder, 'data'), { recursive: true });
    const authority = security?.tls === true ? await makePrivateAuthority(join(folder, 'certificates')) : null;
    const scram = security === undefined ? [] : scramArguments(security);
    const server = openServer({ folder, java: installation.java, jars, guard, scram, readyWithinMs });
    const ports = await startOnFreePorts(server, options, version, authority);
    return brokerOf({ server, ports, version, folder, kept: kept !== null, close: guard.close, security, authority });
  } catch (error) {
    await guard.close();
    throw error;
  }
}

interface Ports {
  readonly bootstrap: number;
  readonly admin: number;
}

async function startOnFreePorts(
  server: Server,
  options: KafkaBrokerOptions,
  version: string,
  authority: PrivateAuthority | null,
): Promise<Ports> {
  const { security } = options;
  for (let attempt = 1; ; attempt++) {
    const [first, admin, controllerPort] = (await freePorts(3)) as [number, number, number];
    const bootstrap = options.port ?? first;
    const client = security === undefined ? null : { protocol: protocolOf(security), port: bootstrap };
    const port = client === null ? bootstrap : admin;
    const properties = {
      ...serverProperties({ version, dataFolder: server.dataFolder, port, controllerPort, client }),
      ...(security === undefined ? {} : securityProperties(security, authority?.files ?? null)),
      ...options.properties,
    };
    await writeFile(server.propertiesFile, propertiesText(properties), { mode: 0o600 });
    const outcome = await server.start(`127.0.0.1:${port}`);
    if (outcome === 'ready') return { bootstrap, admin: port };
    if (options.port !== undefined) throw new Error(`port ${options.port} is taken, or one beside it`);
    if (attempt === attempts) throw new Error(`no free ports were found in ${attempts} attempts`);
  }
}

interface BrokerParts {
  readonly server: Server;
  readonly ports: Ports;
  readonly version: string;
  readonly folder: string;
  /** Whether the data outlives the broker. */
  readonly kept: boolean;
  readonly close: () => Promise<void>;
  readonly security: KafkaSecurityOptions | undefined;
  readonly authority: PrivateAuthority | null;
}

function brokerOf(parts: BrokerParts): KafkaBroker {
  const { server, version, folder, security, authority } = parts;
  const admin = `127.0.0.1:${parts.ports.admin}`;
  let stopping: Promise<void> | null = null;
  return {
    bootstrap: `127.0.0.1:${parts.ports.bootstrap}`,
    admin,
    version,
    folder,
    owned: true,
    security:
      security === undefined ? null : { ca: authority?.ca ?? null, clientCertificate: authority?.client ?? null },
    get pid() {
      return server.pid();
    },
    kill: server.kill,
    pause: server.pause,
    resume: server.resume,
    ended: server.ended,
    async restart() {
      if (stopping !== null) throw new Error('the broker has been stopped; start another one');
      await server.shutDown();
      if ((await server.start(admin)) === 'port taken')
        throw new Error(`the ports of the broker at ${admin} are taken`);
    },
    stop() {
      // Data that is removed needs no orderly end.
      stopping ??= (parts.kept ? server.shutDown() : Promise.resolve()).then(parts.close);
      return stopping;
    },
  };
}
