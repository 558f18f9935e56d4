import { existsSync, statSync } from 'node:fs';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { describeArchive } from '../../archive/describe-archive.js';
import type { TopicSurvey } from './survey-topics.js';

/**
 * Two topics of one name in one archive could not be told apart by whoever reads it by name, and the events of the
 * first would be out of reach.
 * @throws RecoveryError `log-changed` when the archive holds events of a topic that was deleted and made again since
 */
export function refuseAnotherTopic(archive: string, source: string, { topics }: TopicSurvey): void {
  if (!existsSync(archive) || statSync(archive).size === 0) return;
  for (const held of describeArchive(archive).partitions) {
    const topic = topics.find(({ name }) => name === held.topic);
    if (held.source !== source || topic === undefined || held.incarnation === topic.id) continue;
    throw topicWasRemade(archive, held.topic);
  }
}

export function topicWasRemade(archive: string, topic: string): RecoveryError {
  return new RecoveryError(
    'log-changed',
    `the topic ${JSON.stringify(topic)} was deleted and made again since ${archive} was begun: it is another topic`,
    {
      hint: 'what was saved is safe; save the new topic into another archive: --into FILE',
      details: { topic, archive },
    },
  );
}
