import { isRecoveryError, type Assessment, type LongWork, type Resource } from '@eventmend/core';
import { examineSnapshots, type Examination } from '../baseline/examine-snapshots.js';
import { readEvidence } from '../evidence/replay-rate.js';
import { prepareSituation, type PreparedSituation } from '../plan/prepare-situation.js';
import type { ReplaySituation } from '../replay-situation.js';
import { beginningOf, endOf } from '../resources/boundary-positions.js';
import { coverPartitions, describeGap, eventsOf, gapsOf } from '../resources/cover-partitions.js';
import { actBeforeOf, retentionWarnings } from './act-before.js';
import { listResources } from './list-resources.js';

/**
 * What a replay could bring back, from what is known without replaying: ranges of the logs, recorded proofs, measured
 * rates. What is missing makes it infeasible; only contradictions are errors.
 */
export async function assessReplay(situation: ReplaySituation, work: LongWork): Promise<Assessment> {
  let prepared: PreparedSituation;
  try {
    prepared = await prepareSituation(situation);
  } catch (error) {
    if (!isRecoveryError(error) || error.code !== 'EM2103') throw error;
    return infeasible(error.message);
  }
  try {
    return await assessPrepared(prepared, await examineSnapshots(prepared, 'recorded-proofs', work));
  } finally {
    prepared.close();
  }
}

async function assessPrepared(prepared: PreparedSituation, examination: Examination): Promise<Assessment> {
  const { situation, facts, survey } = prepared;
  const usable = examination.examined.findLast(
    ({ finding }) => finding.finding === 'proven' || finding.finding === 'declared',
  );
  const end = endOf(survey);
  const fromBeginning = coverPartitions(survey, beginningOf(survey), end);
  const cover = usable === undefined ? fromBeginning : coverPartitions(survey, usable.candidate.position, end);
  const gaps = gapsOf(cover);
  const events = eventsOf(cover);
  const rate = readEvidence(situation.store, facts.hash);
  const lost = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  return {
    strategy: 'log-replay',
    feasible: gaps.length === 0,
    reason: gaps.length === 0 ? null : `no log holds ${gaps.map(describeGap).join(', ')}`,
    bringsBack: `state and outputs, ${expectedFidelity(gaps.length, examination)}`,
    expectedLoss: {
      events: lost,
      description: lost === 0 ? 'none' : `${lost.toLocaleString('en-US')} events`,
    },
    expectedDurationMs: rate === null ? null : Math.round((events / rate) * 1000),
    actBefore: actBeforeOf(survey),
    resources: await listResources(prepared, examination),
    workerCheck: workerCheckOf(prepared, examination),
    warnings: warningsOf(prepared, examination),
  };
}

/** No better than what can still be shown: a worker that nothing can check never gives an exact result. */
function expectedFidelity(gaps: number, { workerCheck, examined }: Examination): string {
  if (gaps > 0) return 'incomplete (--accept-gaps)';
  const open = examined.some(({ finding }) => finding.finding === 'not-checked');
  if (workerCheck.checked) return 'exact';
  return open ? 'exact if the worker reproduces a snapshot' : 'unproven: nothing checks the worker';
}

function workerCheckOf({ facts }: PreparedSituation, { workerCheck, examined }: Examination): string {
  const name = `${facts.worker.name}@${facts.worker.version}`;
  if (workerCheck.checked) return `${name}: ${workerCheck.reason}`;
  if (examined.some(({ finding }) => finding.finding === 'not-checked')) {
    return `${name}: not checked yet, plan replays it against the snapshots`;
  }
  return `${name}: not checked: ${workerCheck.reason}`;
}

function warningsOf({ snapshots, situation, survey }: PreparedSituation, { examined }: Examination): readonly string[] {
  const warnings = snapshots.damaged.map(({ location, reason }) => `snapshot ${location} is not usable: ${reason}`);
  warnings.push(...retentionWarnings(survey));
  if (situation.snapshots === null) {
    warnings.push('no snapshots: the replay begins at the beginning of the log, and the worker cannot be checked');
  }
  const undetermined = examined.filter(({ finding }) => finding.finding === 'order-not-determined');
  if (undetermined.length > 0) {
    warnings.push(
      `${undetermined.length} snapshots cannot be compared: the live order of the partitions is not recorded`,
    );
  }
  return warnings;
}

function infeasible(reason: string): Assessment {
  return {
    strategy: 'log-replay',
    feasible: false,
    reason,
    bringsBack: 'nothing',
    expectedLoss: { events: 0, description: 'everything: there is no log' },
    expectedDurationMs: null,
    actBefore: null,
    resources: [] satisfies readonly Resource[],
    workerCheck: 'not checked',
    warnings: [],
  };
}
