import type { BrokerAddress } from './broker-address.js';
import type { CommittedAnswer, CoordinatorAnswer } from './broker-answers.js';
import type { BrokerConnection } from './broker-connection.js';
import type { TakeFinding } from './connection-finding.js';
import { explainFinding } from './explain-finding.js';
import type { KafkaErrorContext } from './explain-kafka-error.js';
import { protocolError } from '../kafkajs/private-members.js';

/** What a group is examined with. */
export interface GroupExamination {
  readonly group: string;
  /** The partitions that could be seen of the topics in question. */
  readonly partitions: ReadonlyMap<string, readonly number[]>;
  readonly context: KafkaErrorContext;
  readonly any: BrokerConnection;
  readonly to: (address: BrokerAddress) => Promise<BrokerConnection>;
  readonly take: TakeFinding;
}

const nothingCommitted = '-1';

/** Whether the offsets that a group committed can be seen. The group is not joined. */
export async function examineGroup({ group, partitions, context, any, to, take }: GroupExamination): Promise<void> {
  const optional = { step: 'group', subject: group } as const;
  try {
    const found = (await any.ask('GroupCoordinator', { groupId: group })) as CoordinatorAnswer;
    if (found.errorCode !== 0) throw protocolError(found.errorCode);
    const coordinator = await to(found.coordinator);
    const topics = [...partitions].map(([topic, ids]) => ({
      topic,
      partitions: ids.map((partition) => ({ partition })),
    }));
    const answer = (await coordinator.ask('OffsetFetch', { groupId: group, topics })) as CommittedAnswer;
    const committed = answer.responses.flatMap((response) => response.partitions);
    const code = answer.errorCode || committed.find(({ errorCode }) => errorCode !== 0)?.errorCode;
    if (code !== undefined && code !== 0) throw protocolError(code);
    const has = committed.filter(({ offset }) => offset !== nothingCommitted).length;
    take(
      has > 0
        ? {
            ...optional,
            state: 'ok',
            found: `offsets committed for ${has} of ${committed.length} partitions`,
            hint: null,
          }
        : {
            ...optional,
            state: 'doubtful',
            found:
              partitions.size === 0
                ? 'may be seen; no topic was named to look for'
                : 'no offset is committed for these topics',
            hint: 'compare the name of the group: Kafka answers the same for a group that there is not',
          },
    );
  } catch (error) {
    take({ ...optional, state: 'failed', ...explainFinding(error, { ...context, group }) });
  }
}
