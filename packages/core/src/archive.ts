export type { ArchiveEvent, TimeType } from './sources/archive/archive-event.js';
export { archiveApplicationId, archiveFormatVersion } from './sources/archive/archive-format.js';
export {
  type ArchiveWriter,
  type ArchiveWriterOptions,
  createArchiveWriter,
} from './sources/archive/archive-writer.js';
export { type ArchiveDescription, describeArchive } from './sources/archive/describe-archive.js';
export { type ExportedEvents, type ExportOptions, exportArchive } from './sources/archive/export-archive.js';
export type { FileIdentity } from './sources/archive/import/file-identity.js';
export {
  type ImportOptions,
  type ImportedFile,
  importIntoArchive,
} from './sources/archive/import/import-into-archive.js';
export type { ImportProgress } from './sources/archive/import/import-progress.js';
export { type ArchiveLog, openArchive } from './sources/archive/open-archive.js';
export type { PartitionWriter } from './sources/archive/partition-writer.js';
export type { SynchronousPageReader } from './sources/archive/read-segments.js';
export { rewriteArchive, type RewrittenArchive } from './sources/archive/rewrite-archive.js';
export { savedIsolation, savedSchemas } from './sources/archive/saved-schemas.js';
export { type SealResult, sealArchive } from './sources/archive/seal-archive.js';
export { type ArchiveVerification, verifyArchive } from './sources/archive/verify-archive.js';
