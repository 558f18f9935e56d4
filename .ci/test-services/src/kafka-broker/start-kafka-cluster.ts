import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuard } from '../programs/start-guard.js';
import { findKafka } from './find-kafka.js';
import { freePorts } from './free-ports.js';
import { kafkaJars } from './kafka-jars.js';
import { defaultKafkaVersion } from './kafka-version.js';
import { propertiesText } from './properties-text.js';
import { serverProperties } from './server-properties.js';
import { openServer } from './server-process.js';

/** One of several brokers. Each is a controller too, so that of three any one may be away. */
export interface KafkaNode {
  /** As metadata name it, from 1. */
  readonly id: number;
  /** `127.0.0.1:PORT`. */
  readonly bootstrap: string;
  /** Ends it by SIGKILL, as a crash would, and waits for its end. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, and waits until it answers as a member of the cluster. */
  restart(): Promise<void>;
}

/** Brokers that this process has started, as one cluster. They end with this process at the latest. */
export interface KafkaNodes {
  /** The addresses of all, with commas between them. */
  readonly bootstrap: string;
  readonly nodes: readonly KafkaNode[];
  /** Ends all of them and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster of several nodes on the loopback, and waits until each of them answers. Internal topics have a replica on
 * every node, and a second one must confirm.
 * @throws Error in words, as `startKafkaBroker`
 */
export async function startKafkaCluster(
  options: {
    readonly nodes?: number;
    readonly properties?: Readonly<Record<string, string>>;
    readonly readyWithinMs?: number;
  } = {},
): Promise<KafkaNodes> {
  const { nodes: count = 3, readyWithinMs = 240_000 } = options;
  const version = defaultKafkaVersion;
  const installation = await findKafka(version);
  if ('missing' in installation) throw new Error(installation.missing);
  const jars = installation.jars ?? (await kafkaJars(version));
  const parent = await mkdtemp(join(tmpdir(), 'eventmend-kafka-'));
  const guard = startGuard(parent);
  try {
    const ports = await freePorts(2 * count);
    const controllerPorts = ports.slice(count);
    const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
    const nodes = await Promise.all(
      ports.slice(0, count).map(async (port, index): Promise<KafkaNode> => {
        const id = index + 1;
        const folder = join(parent, `node-${id}`);
        await mkdir(join(folder, 'data'), { recursive: true });
        const server = openServer({
          folder,
          java: installation.java,
          jars,
          guard,
          clusterId,
          scram: [],
          readyWithinMs,
        });
        const settings = { version, port, controllerPort: controllerPorts[index] ?? 0, client: null };
        const properties = {
          ...serverProperties({ ...settings, dataFolder: server.dataFolder, node: { id, controllerPorts } }),
          ...options.properties,
        };
        await writeFile(server.propertiesFile, propertiesText(properties));
        const bootstrap = `127.0.0.1:${port}`;
        const start = async (): Promise<void> => {
          if ((await server.start(bootstrap)) === 'port taken') throw new Error(`the ports of node ${id} are taken`);
        };
        await start();
        return { id, bootstrap, kill: server.kill, restart: start };
      }),
    );
    return { bootstrap: nodes.map(({ bootstrap }) => bootstrap).join(','), nodes, stop: guard.close };
  } catch (error) {
    await guard.close();
    throw error;
  }
}
