import { hash as hashOnce } from 'node:crypto';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { openOutputTopic, type OutputTopic } from '../../sources/kafka/publish/open-output-topic.js';
import { openRunCatalogue } from '../sqlite/run-catalogue.js';
import { runFiles } from '../sqlite/run-folder.js';
import { lockRun } from '../sqlite/run-lock.js';
import { draftPublication, type CorrectionPorts } from './draft-publication.js';
import { transactionalIdOf, type OutboxSeal, type PublicationMode } from './outbox.js';
import { draftOutbox, openOutbox, publicationFiles, type Outbox, type OutboxDraft } from './outbox-file.js';
import { checkRun, checkTopic, checkTransactions } from './preflight.js';
import { refuseOtherChoices } from './publication-refusals.js';
import type { PublicationRequest } from './publication-request.js';
import { checkMapping } from './publication-target.js';
import type { PublicationRow } from './publication-row.js';
import { publishOutbox, type PublishOptions, type PublicationReport } from './publish-outbox.js';

/** A publication that may begin, or go on. Nothing was written to the topic yet. The run is locked until it is closed. */
export interface PreparedPublication {
  /** What is, or would be, sealed. */
  readonly seal: Omit<OutboxSeal, 'chain'>;
  /** It was sealed before: nothing about it can be chosen any more. */
  readonly sealedBefore: boolean;
  /** The first few rows; none where it was sealed before. */
  readonly first: readonly PublicationRow[];
  /** Seals what is not sealed yet, and publishes it. May be called once. */
  publish(options: PublishOptions, work?: LongWork): Promise<PublicationReport>;
  close(): Promise<void>;
}

/**
 * Makes the publication of a run ready: looks at the run and at the topic, and puts together what is to be sent, by a diff
 * against what was recorded up to ends of the topic that are taken first. What was sealed once is gone on with.
 * @throws RecoveryError `publication-refused`, `locked-by-another-process`, `invalid-argument`, what opening the topic and
 *   comparing the outputs throws
 */
export async function preparePublication(
  inputs: RecoveryInputs,
  runId: string,
  request: PublicationRequest,
  ports: CorrectionPorts = {},
  work: LongWork = {},
): Promise<PreparedPublication> {
  const { store } = inputs;
  const report = openRunCatalogue(store).report(runId);
  if (report === null) {
    throw new RecoveryError('operation-not-allowed', `run ${runId} has not ended`, {
      hint: `eventmend resume ${runId}`,
    });
  }
  const warnings = [...checkRun(report, request.mode)];
  checkMapping(request.target.mapping);
  const lock = lockRun(runFiles(store, runId).lock, runId);
  let topic: OutputTopic | null = null;
  try {
    const { connection, topic: name } = request.target;
    topic = await openOutputTopic({
      ...{ connection, topic: name },
      ...(request.plainKafkajs !== undefined && { plainKafkajs: request.plainKafkajs }),
      ...(request.transactionTimeoutMs !== undefined && { transactionTimeoutMs: request.transactionTimeoutMs }),
    });
    warnings.push(...checkTopic(name, topic.settings, request.time ?? 'publication'));
    const base = baseOf(report.planId, request.mode, topic);
    await topic.checkRights((partition) => transactionalIdOf(base, partition));
    // Behind the question for the rights, which makes a new cluster make that topic.
    warnings.push(...checkTransactions(await topic.transactionSettings(), topic.settings));
    const files = publicationFiles(store, runId, base);
    const sealed = openOutbox(files.outbox);
    if (sealed !== null) {
      refuseOtherChoices(sealed.seal, request);
      return preparedOf({ topic, lock, files, sealed, first: [] });
    }
    const draft = draftOutbox(files.outbox);
    try {
      const drafted = await draftPublication({
        inputs,
        runId,
        planId: report.planId,
        request,
        topic,
        base,
        draft,
        warnings,
        ports,
        work,
      });
      return preparedOf({ topic, lock, files, draft, ...drafted });
    } catch (error) {
      draft.close();
      throw error;
    }
  } catch (error) {
    await topic?.close();
    lock.release();
    throw error;
  }
}

/** The same for one run, one mode and one topic, whoever publishes it: so that two of them fence each other. */
function baseOf(planId: string, mode: PublicationMode, topic: OutputTopic): string {
  return hashOnce('sha256', JSON.stringify(['publication', planId, mode, topic.clusterId, topic.name, topic.id])).slice(
    0,
    16,
  );
}

interface Parts {
  readonly topic: OutputTopic;
  readonly lock: { release(): void };
  readonly files: { readonly outbox: string; readonly report: string };
  readonly first: readonly PublicationRow[];
}

function preparedOf(
  parts: Parts &
    ({ readonly sealed: Outbox } | { readonly draft: OutboxDraft; readonly seal: Omit<OutboxSeal, 'chain'> }),
): PreparedPublication {
  const { topic, lock, files, first } = parts;
  let outbox = 'sealed' in parts ? parts.sealed : null;
  return {
    seal: 'sealed' in parts ? parts.sealed.seal : parts.seal,
    sealedBefore: outbox !== null,
    first,
    async publish(options, work = {}) {
      if (outbox === null && 'draft' in parts) {
        parts.draft.seal(parts.seal);
        parts.draft.close();
        outbox = openOutbox(files.outbox);
      }
      if (outbox === null) throw new Error('the outbox is not sealed');
      return publishOutbox(outbox, topic, files.report, options, work);
    },
    async close() {
      outbox?.close();
      if ('draft' in parts) parts.draft.close();
      await topic.close();
      lock.release();
    },
  };
}
