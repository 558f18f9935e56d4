import type { ResourceFinding } from '@eventmend/core/incident';
import { countOf, formatCount } from '../terminal/format.js';
import { agreementToJson } from '../documents/agreement-to-json.js';
import { describeAgreement } from './describe-agreement.js';
import { describeFacts } from './describe-facts.js';
import { describeRemark } from './describe-remark.js';
import { describeRow } from './describe-row.js';

/** A finding in words, as `--json` has it. */
export type FindingText = Omit<ReturnType<typeof describeFinding>, 'agreement'> & {
  readonly agreement?: ReturnType<typeof agreementToJson> | undefined;
};

/** A finding in words, with the lines of the incident file where its remarks are mended. */
export function describeFinding(finding: ResourceFinding, lineOf: (key: string) => number | null) {
  const { resource, state, preview, steps, remarks, content } = finding;
  const agreement = content?.kind === 'external-records' ? content.agreement : null;
  return {
    resource,
    state,
    found: describeContent(finding),
    ...(agreement !== null && { agreement: agreementToJson(agreement) }),
    preview: preview.map(describeRow),
    steps: steps.map(({ step, subject, state: ended, found }) => ({
      subject: `${step} ${subject}`,
      state: ended,
      found,
    })),
    remarks: remarks.map((remark) => {
      const [text, hint = null] = describeRemark(remark);
      return { kind: remark.severity, text, hint, key: remark.key, line: lineOf(remark.key) };
    }),
  };
}

const recordOrders = {
  handling: 'in the order of handling',
  partition: 'in order inside of each partition',
  unknown: 'in no known order',
} as const;

function describeContent({ content, steps }: ResourceFinding): string {
  if (content === null) return 'cannot be used';
  switch (content.kind) {
    case 'worker':
      return `${content.name}@${content.version}`;
    case 'reference-tables':
      return countOf(content.tables, 'table');
    case 'log': {
      const events = `${content.eventsAtMost ? 'up to ' : ''}${countOf(content.events, 'event')}`;
      return `${events} in ${countOf(content.partitions, 'partition')} of ${content.location}`;
    }
    case 'no-log':
      return 'none: the incident names no log';
    case 'cluster': {
      const cluster = steps.find(({ step, state }) => step === 'metadata' && state === 'ok');
      return cluster?.found ?? `no cluster at ${content.brokers.join(', ')}`;
    }
    case 'snapshots': {
      const keys = countOf(content.keys, 'key');
      if (content.location === null) return 'nothing that can be used';
      if (content.snapshots > 1) return `${countOf(content.snapshots, 'snapshot')} with ${keys} in all`;
      return `${keys} of ${content.location}`;
    }
    case 'recorded-outputs':
    case 'processed-events': {
      const records = countOf(content.records, content.kind === 'recorded-outputs' ? 'output' : 'handling');
      return `${records} of ${content.location}, ${recordOrders[content.order]}`;
    }
    case 'external-records': {
      const { location, agreement } = content;
      if (agreement === null) return `rows of ${location}`;
      return `${countOf(agreement.records, 'row')} of ${location}: ${describeAgreement(agreement)}`;
    }
    case 'facts': {
      const { location, facts, keys, compared } = content;
      const rows = `${countOf(facts, 'row')} of ${location} about ${countOf(keys, 'key')}`;
      return compared === null ? rows : `${rows}: ${describeFacts(compared).agreement}`;
    }
    case 'totals':
      return `${countOf(content.totals, 'total')} of ${content.measure} in ${content.location}`;
    case 'deliveries':
      return `${countOf(content.records, 'record')} of ${content.topic}, ${formatCount(content.named)} with the event that they deliver`;
    case 'unmapped-rows':
      return 'rows that cannot be mapped';
    case 'order': {
      const others = `${formatCount(content.late)} handled behind a later one, ${formatCount(content.repeated)} repeated`;
      return `a place for ${countOf(content.placed, 'event')} from live.${content.from}; ${others}`;
    }
  }
}
