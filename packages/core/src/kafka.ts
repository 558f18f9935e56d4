export type { ConnectionFinding, ConnectionStep } from './sources/kafka/connection/connection-finding.js';
export { type ConnectionExamination, examineConnection } from './sources/kafka/connection/examine-connection.js';
export type { KafkaSettings } from './sources/kafka/connection/kafka-settings.js';
export {
  type KafkaVerb,
  type LeastPermission,
  leastPermissions,
} from './sources/kafka/connection/least-permissions.js';
export { type KafkaLog, type KafkaLogSettings, openKafkaLog } from './sources/kafka/log/open-kafka-log.js';
export type { RateLimit } from './sources/kafka/read/read-pace.js';
export type { LiveGroup } from './sources/kafka/save/live-group.js';
export type { SaveLag, SaveRequest } from './sources/kafka/save/save-request.js';
export { type SaveReport, saveTopics } from './sources/kafka/save/save-topics.js';
export type { SavedPartition } from './sources/kafka/save/saved-partition.js';
export type { SavedGroup } from './sources/kafka/save/cluster-metadata.js';
export type { PartitionToSave, SurveyedTopic, TopicSurvey } from './sources/kafka/save/survey-topics.js';
export { type IdentifiedTopics, identifyTopics } from './sources/kafka/cluster/identify-topics.js';
export { type ConsumedMessage, pageOfMessages } from './sources/kafka/read/page-of-messages.js';
