import {
  describeAddress,
  isLoopback,
  parseBrokerAddress,
  withoutCredentials,
  type BrokerAddress,
} from './broker-address.js';
import type { MetadataAnswer } from './broker-answers.js';
import { connectToBroker, type BrokerConnection } from './broker-connection.js';
import type { ConnectionFinding, TakeFinding } from './connection-finding.js';
import { examineAddress, obstacleTo, type AddressSituation } from './examine-address.js';
import { examineGroup } from './examine-group.js';
import { examineTopic } from './examine-topic.js';
import { explainFinding } from './explain-finding.js';
import type { KafkaErrorContext } from './explain-kafka-error.js';
import { createKafkaClient } from './kafka-client.js';
import { principalOf, tlsSettingsOf, type KafkaSettings } from './kafka-settings.js';
import type { SignInAnswer } from './probe-protocol.js';
import { readTlsOptions } from './read-tls-options.js';

/** What is to be looked at. */
export interface ConnectionExamination {
  readonly settings: KafkaSettings;
  readonly topics?: readonly string[];
  readonly group?: string;
  /** Told at once of each finding: a broker that gives no answer is waited for. */
  readonly onFinding?: TakeFinding;
}

/**
 * Looks at a connection one step after the other, from the name of each broker to the permissions on each topic, and says
 * what stands in the way. It only looks: nothing is written, no group is joined, no event is taken. Never throws for
 * what it examines.
 */
export async function examineConnection(examination: ConnectionExamination): Promise<ConnectionFinding[]> {
  const findings: ConnectionFinding[] = [];
  const take: TakeFinding = (finding) => {
    findings.push(finding);
    examination.onFinding?.(finding);
  };
  const connections = new Connections(examination.settings);
  try {
    await examine(examination, connections, take);
  } finally {
    await connections.close();
  }
  return findings;
}

async function examine(examination: ConnectionExamination, connections: Connections, take: TakeFinding): Promise<void> {
  const { settings, topics = [], group } = examination;
  const context: KafkaErrorContext = { brokers: settings.brokers, settings, verb: 'doctor' };
  const situation = readSituation(settings, context, take);
  const signedIn = situation === null ? null : await examineBrokers(settings, situation, connections, context, take);
  if (situation === null || signedIn === null) {
    const rest = { state: 'not-checked', found: 'no broker could be signed in to', hint: null } as const;
    take({ step: 'metadata', subject: 'cluster', ...rest });
    for (const topic of topics) take({ step: 'topic', subject: topic, ...rest });
    if (group !== undefined) take({ step: 'group', subject: group, ...rest });
    return;
  }
  const brokers = await examineCluster(signedIn, situation, context, take);
  if (brokers === null) return;
  const to = (nodeId: number): Promise<BrokerConnection> => {
    const address = brokers.get(nodeId);
    if (address === undefined)
      throw new Error(`the cluster names broker ${nodeId} as leader and gives no address of it`);
    return connections.to(address);
  };
  const seen = new Map<string, readonly number[]>();
  for (const topic of topics) {
    const partitions = await examineTopic({ topic, context, any: signedIn, to, take });
    if (partitions !== null) seen.set(topic, partitions);
  }
  if (group !== undefined) {
    const toAddress = (address: BrokerAddress): Promise<BrokerConnection> => connections.to(address);
    await examineGroup({ group, partitions: seen, context, any: signedIn, to: toAddress, take });
  }
  take({
    step: 'clock',
    subject: 'cluster',
    state: 'not-checked',
    found: 'not told: no answer of Kafka holds its time',
    hint: null,
  });
}

/** One connection for each broker, kept until the end. */
class Connections {
  readonly #settings: KafkaSettings;
  readonly #open = new Map<string, Promise<BrokerConnection>>();

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
  }

  to(address: BrokerAddress): Promise<BrokerConnection> {
    const name = describeAddress(address);
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const made = connectToBroker(createKafkaClient(this.#settings, { retries: 0 }), address);
    this.#open.set(name, made);
    return made;
  }

  async close(): Promise<void> {
    const settled = await Promise.allSettled(this.#open.values());
    const open = settled.filter((each) => each.status === 'fulfilled');
    await Promise.allSettled(open.map(({ value }) => value.close()));
  }
}

function readSituation(
  settings: KafkaSettings,
  context: KafkaErrorContext,
  take: TakeFinding,
): AddressSituation | null {
  const subject = settings.brokers.map(withoutCredentials).join(', ');
  try {
    // Made once to see that files and secrets are there; nothing is connected by it.
    createKafkaClient(settings, { retries: 0 });
    const tls = tlsSettingsOf(settings);
    const situation = { settings, tls: tls === null ? null : readTlsOptions(tls) };
    take({ step: 'settings', subject, state: 'ok', found: 'files and secrets can be read', hint: null });
    return situation;
  } catch (error) {
    take({ step: 'settings', subject, state: 'failed', ...explainFinding(error, context) });
    return null;
  }
}

async function examineBrokers(
  settings: KafkaSettings,
  situation: AddressSituation,
  connections: Connections,
  context: KafkaErrorContext,
  take: TakeFinding,
): Promise<BrokerConnection | null> {
  let first: BrokerConnection | null = null;
  for (const text of settings.brokers) {
    const address = parseBrokerAddress(text);
    const answer = address === null ? null : await examineAddress(address, situation, take);
    if (address === null || answer === null) continue;
    const connection = await examineSignIn(address, answer.signIn, connections, context, take);
    first ??= connection;
  }
  return first;
}

async function examineSignIn(
  address: BrokerAddress,
  asked: SignInAnswer,
  connections: Connections,
  context: KafkaErrorContext,
  take: TakeFinding,
): Promise<BrokerConnection | null> {
  const step = 'sign-in';
  const subject = describeAddress(address);
  const { sasl } = context.settings;
  const offered = asked === null ? '' : asked.mechanisms.join(', ');
  if (sasl === undefined && asked?.wanted === true) {
    const hint = `say in sasl how to sign in; offered: ${offered}`;
    take({ step, subject, state: 'failed', found: 'the listener asks who connects to sign in', hint });
    return null;
  }
  if (sasl !== undefined && asked?.wanted === true && !asked.mechanisms.includes(sasl.mechanism.toUpperCase())) {
    const found = `the listener does not offer ${sasl.mechanism.toUpperCase()}`;
    take({ step, subject, state: 'failed', found, hint: `choose one that it offers: ${offered}` });
    return null;
  }
  try {
    const connection = await connections.to(address);
    const who = principalOf(context.settings) ?? 'the user that the broker takes from certificate or token';
    const found =
      sasl === undefined ? `nobody is asked to sign in; known as ${who}` : `${who}, ${sasl.mechanism.toUpperCase()}`;
    take({ step, subject, state: 'ok', found, hint: null });
    return connection;
  } catch (error) {
    take({ step, subject, state: 'failed', ...explainFinding(error, { ...context, brokers: [subject] }) });
    return null;
  }
}

/** The brokers of the cluster by number, where they say that they are reached; null when they are not told. */
async function examineCluster(
  connection: BrokerConnection,
  situation: AddressSituation,
  context: KafkaErrorContext,
  take: TakeFinding,
): Promise<Map<number, BrokerAddress> | null> {
  let answer: MetadataAnswer;
  try {
    answer = (await connection.ask('Metadata', { topics: [], allowAutoTopicCreation: false })) as MetadataAnswer;
  } catch (error) {
    take({ step: 'metadata', subject: 'cluster', state: 'failed', ...explainFinding(error, context) });
    return null;
  }
  const count = answer.brokers.length;
  const found = `cluster ${answer.clusterId ?? 'without an id'}, ${count} broker${count === 1 ? '' : 's'}`;
  take({ step: 'metadata', subject: 'cluster', state: 'ok', found, hint: null });
  for (const broker of answer.brokers) await examineAdvertised(broker, situation, take);
  return new Map(answer.brokers.map((broker) => [broker.nodeId, { host: broker.host, port: broker.port }]));
}

async function examineAdvertised(
  broker: BrokerAddress & { readonly nodeId: number },
  situation: AddressSituation,
  take: TakeFinding,
): Promise<void> {
  const address = describeAddress(broker);
  const about = { step: 'advertised', subject: `broker ${broker.nodeId} at ${address}` } as const;
  const given = situation.settings.brokers.map((text) => parseBrokerAddress(text)).filter((each) => each !== null);
  if (given.some(({ host, port }) => host === broker.host && port === broker.port)) {
    take({ ...about, state: 'ok', found: 'the address that was given', hint: null });
    return;
  }
  const obstacle = await obstacleTo(broker, situation);
  if (obstacle !== null) {
    const hint = `events are read from the address that a broker says of itself: correct its advertised.listeners, or make it reachable (${obstacle.hint ?? 'see above'})`;
    take({ ...about, state: 'failed', found: obstacle.found, hint });
  } else if (isLoopback(broker.host) && !given.some(({ host }) => isLoopback(host))) {
    const hint =
      'whoever answers there is on this machine, and may be another: correct advertised.listeners of the broker';
    take({ ...about, state: 'doubtful', found: 'the broker says of itself that it is on this machine', hint });
  } else {
    take({
      ...about,
      state: 'ok',
      found: 'another address than the one that was given; it can be reached',
      hint: null,
    });
  }
}
