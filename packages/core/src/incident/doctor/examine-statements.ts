import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { PlanFacts } from '../../model/plan/plan-records.js';
import { positionToJson } from '../../model/position/position.js';
import { openExternalRecords, previewExternalRecords } from '../../sources/records/open-external-records.js';
import { beginningOf, endOf } from '../../evidence/coverage/boundary-positions.js';
import { coverPartitions } from '../../evidence/coverage/cover-partitions.js';
import { segmentsOf } from '../../evidence/coverage/plan-segments.js';
import type { FactsConfig } from '../../evidence/facts/facts-config.js';
import { readFacts } from '../../evidence/facts/read-facts.js';
import { prepareInputs } from '../../evidence/inputs/prepare-inputs.js';
import { readTotalRows } from '../../evidence/totals/read-total-rows.js';
import type { TotalRowsConfig } from '../../evidence/totals/total-rows-config.js';
import { findFacts } from '../../runs/facts/find-facts.js';
import type { Incident } from '../file/incident.js';
import { openIncident } from '../open/open-incident.js';
import { finding, hasProblem, type Remark, type ResourceFinding } from './finding.js';
import { missingWriteAheadLog } from './missing-write-ahead-log.js';
import { previewedRows, previewOfRows } from './preview-of-rows.js';

/**
 * Reads what another system says of the states of keys, and holds it against a replay from the beginning of the log.
 * @param key of the source in the incident file
 */
export async function examineFacts(
  incident: Incident,
  key: string,
  config: FactsConfig,
  signal?: AbortSignal,
): Promise<ResourceFinding> {
  return examineRows(key, config, async (location, remarks) => {
    const facts = await readFacts(config);
    const keys = new Set(facts.map((fact) => fact.key)).size;
    let compared: PlanFacts | null = null;
    try {
      compared = await compareWithLog(incident, config, signal);
    } catch (error) {
      // What stands in the way of a replay is told where it is mended: the rows can be read.
      if (!isRecoveryError(error)) throw error;
      remarks.push({ severity: 'doubt', key, kind: 'error', error });
    }
    return { kind: 'facts', location, facts: facts.length, keys, compared };
  });
}

/** Reads the rows of another system that are control totals. */
export async function examineTotalRows(key: string, config: TotalRowsConfig): Promise<ResourceFinding> {
  return examineRows(key, config, async (location) => {
    const totals = await readTotalRows(config);
    return { kind: 'totals', location, totals: totals.length, measure: config.measure };
  });
}

async function examineRows(
  key: string,
  { name, rows, mapping }: Pick<FactsConfig, 'name' | 'rows' | 'mapping'>,
  read: (location: string, remarks: Remark[]) => Promise<ResourceFinding['content']>,
): Promise<ResourceFinding> {
  const resource = `records.${name}`;
  const remarks: Remark[] = [];
  let preview: ResourceFinding['preview'] = [];
  try {
    const first = await previewExternalRecords(rows, mapping, previewedRows);
    const shown = previewOfRows(key, first, (row) => ({ kind: 'record', ...row }));
    preview = shown.preview;
    remarks.push(...shown.remarks, ...missingWriteAheadLog(key, rows));
    if (hasProblem(remarks)) return finding(resource, { kind: 'unmapped-rows' }, remarks, preview);
    const { location } = await openExternalRecords(rows, mapping);
    return finding(resource, await read(location, remarks), remarks, preview);
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    remarks.push({ severity: 'problem', key, kind: 'error', error });
    return finding(resource, null, remarks, preview);
  }
}

async function compareWithLog(
  incident: Incident,
  config: FactsConfig,
  signal?: AbortSignal,
): Promise<PlanFacts | null> {
  const opened = await openIncident(incident);
  try {
    const prepared = await prepareInputs({ ...opened, facts: [config], totalRows: [] });
    try {
      const { survey } = prepared;
      const [from, to] = [beginningOf(survey), endOf(survey)];
      const found = await findFacts(
        {
          prepared,
          known: null,
          plan: {
            baseline: [
              {
                scope: { kind: 'all' },
                source: { kind: 'genesis' },
                basis: 'genesis',
                position: positionToJson(from),
                evidence: '',
              },
            ],
            segments: segmentsOf(coverPartitions(survey, from, to), survey, 'exact'),
            target: { spec: { kind: 'end' }, position: positionToJson(to) },
            logEnd: positionToJson(to),
          },
          range: { from, to, fromTime: -Infinity, toTime: null },
          slack: 0,
        },
        signal === undefined ? {} : { signal },
      );
      const [own] = found.perSource;
      if (own === undefined) return null;
      const { facts: _, ...compared } = own;
      return compared;
    } finally {
      prepared.close();
    }
  } finally {
    opened.close();
  }
}
