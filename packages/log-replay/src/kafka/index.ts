export { openKafkaLog, type KafkaLog, type KafkaLogSettings } from './log/open-kafka-log.js';
export { saveTopics, type SaveLag, type SaveReport, type SaveRequest } from './save/save-topics.js';
export type { SavedPartition } from './save/save-partition.js';
export type { SavedGroup } from './save/surroundings.js';
export type { LiveGroup } from './save/live-group.js';
export type { RateLimit } from './read/read-pace.js';
export type { KafkaSettings } from './connection/kafka-settings.js';
export type { SecretSource } from '../secrets/secret-source.js';
export type { SurveyedPartition, SurveyedTopic, TopicSurvey } from './save/survey-topics.js';
