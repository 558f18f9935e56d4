import { z } from 'zod';
import { incidentSchema } from '@eventmend/core/incident';
import {
  archiveExportDocument,
  archiveImportDocument,
  archiveInfoDocument,
  archiveRewriteDocument,
  archiveVerifyDocument,
} from './archive-documents.js';
import { assessDocument } from './assess-document.js';
import { diagnoseDocument } from './diagnose-document.js';
import { doctorDocument } from './doctor-document.js';
import { drillDocument } from './drill-document.js';
import {
  checkpointDiffDocument,
  checkpointListDocument,
  checkpointPruneDocument,
  checkpointRestoreDocument,
  checkpointShowDocument,
  checkpointVerifyDocument,
} from './checkpoint-documents.js';
import { compareDocument } from './compare-document.js';
import { correctionsDocument } from './corrections-document.js';
import { conformanceDocument } from './conformance-document.js';
import { errorDocument } from './error-document.js';
import { estimateDocument } from './estimate-document.js';
import { exportDocument } from './export-document.js';
import { fleetCollectDocument, fleetPlanDocument, fleetTaskDocument } from './fleet-documents.js';
import { initDocument } from './init-document.js';
import { moveGroupDocument } from './move-group-document.js';
import { planDocument, planSchema } from './plan-document.js';
import { publishDocument } from './publish-document.js';
import { recoverDocument, resumeDocument, runsDocument } from './run-document.js';
import { reportDocument, reportFileSchema } from './report-document.js';
import { saveDocument } from './save-document.js';
import { verifyDocument } from './verify-document.js';
import { workerCheckDocument } from './worker-check-document.js';

/** Every document that the CLI prints with --json, and every file that it reads or writes, by the name of its schema. */
export const publishedSchemas = {
  incident: incidentSchema,
  plan: planSchema,
  report: reportFileSchema,
  'archive-export.output': archiveExportDocument,
  'archive-import.output': archiveImportDocument,
  'archive-info.output': archiveInfoDocument,
  'archive-rewrite.output': archiveRewriteDocument,
  'archive-verify.output': archiveVerifyDocument,
  'assess.output': assessDocument,
  'checkpoint-diff.output': checkpointDiffDocument,
  'checkpoint-list.output': checkpointListDocument,
  'checkpoint-prune.output': checkpointPruneDocument,
  'checkpoint-restore.output': checkpointRestoreDocument,
  'checkpoint-show.output': checkpointShowDocument,
  'checkpoint-verify.output': checkpointVerifyDocument,
  'compare.output': compareDocument,
  'diagnose.output': diagnoseDocument,
  'doctor.output': doctorDocument,
  'drill.output': drillDocument,
  'corrections.output': correctionsDocument,
  'error.output': errorDocument,
  'estimate.output': estimateDocument,
  'export.output': exportDocument,
  'fleet-collect.output': fleetCollectDocument,
  'fleet-plan.output': fleetPlanDocument,
  'fleet-task.output': fleetTaskDocument,
  'init.output': initDocument,
  'move-group.output': moveGroupDocument,
  'plan.output': planDocument,
  'publish.output': publishDocument,
  'recover.output': recoverDocument,
  'report.output': reportDocument,
  'resume.output': resumeDocument,
  'runs.output': runsDocument,
  'save.output': saveDocument,
  'verify.output': verifyDocument,
  'worker-check.output': workerCheckDocument,
  'worker-conformance.output': conformanceDocument,
} as const;

export type PublishedSchema = keyof typeof publishedSchemas;

/** The JSON Schemas as they stand in `schemas/`, by file name. */
export function schemaFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, schema] of Object.entries(publishedSchemas)) {
    const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
    files[`${name}.schema.json`] =
      JSON.stringify({ title: `eventmend ${name.replace('.', ' ')}`, ...json }, null, 2) + '\n';
  }
  return files;
}
