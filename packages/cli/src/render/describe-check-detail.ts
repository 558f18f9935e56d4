import { describePartition, type VerificationCheck } from '@eventmend/core/engine';
import { countOf, formatCount, isoTime } from '../terminal/format.js';

/** `invariant balance`, `state`. */
export function describeCheckName({ name, detail }: VerificationCheck): string {
  return detail.kind === 'invariant' ? `${name} ${detail.invariant}` : name;
}

/** What a check of a verification saw. */
export function describeCheckDetail({ result, detail }: VerificationCheck): string {
  const passed = result === 'passed';
  switch (detail.kind) {
    case 'states': {
      const { run, again } = detail;
      return passed
        ? `second, plain replay: ${formatCount(again.keys)} keys, digest ${short(again.digest)}`
        : `the run has digest ${short(run.digest)} over ${formatCount(run.keys)} keys, the second replay ${short(again.digest)} over ${formatCount(again.keys)}`;
    }
    case 'outputs': {
      const { run, again } = detail;
      return passed
        ? `${formatCount(again.outputs)} intended outputs, in order, digest ${short(again.digest)}`
        : `the run intends ${formatCount(run.outputs)} (${short(run.digest)}), the second replay ${formatCount(again.outputs)} (${short(again.digest)})`;
    }
    case 'accounts':
      if (passed) return `${formatCount(detail.offsets)} offsets, each in one column, the same in both`;
      return detail.unbalanced.length > 0
        ? `they do not add up in ${detail.unbalanced.map(describePartition).join(', ')}`
        : 'the second replay books otherwise';
    case 'quarantine':
      return passed
        ? `${formatCount(detail.again)} events parked in both`
        : `the run parked ${formatCount(detail.run)}, the second replay ${formatCount(detail.again)}`;
    case 'other-shares':
      return `derived in ${countOf(detail.shares, 'share')}, none with two partitions of one task: what the worker might remember between these would show`;
    case 'same-shares':
      return `each of ${countOf(detail.tasks, 'task')} was derived with the keys that it had: what the worker might remember between them would not show`;
    case 'baseline-is-genesis':
      return 'the beginning of the log';
    case 'baseline-behind-quarantine':
      return `${formatCount(detail.events)} events before it are quarantined when it is derived from the beginning`;
    case 'total': {
      const { stated, found, of, keys } = detail;
      const who = of === null ? 'the stated total' : of;
      const measure = keys === undefined ? detail.measure : `${detail.measure} of ${namedKeys(keys)}`;
      if (passed) return `${measure} is ${String(found)}, as ${who} says`;
      const off = `${measure} is ${String(found)}, and ${who} says ${String(stated)}: off by ${String(found - stated)}`;
      return result === 'failed' ? off : `${off}, which lost events may explain`;
    }
    case 'totals': {
      const { measure, of, totals, agreeing, first } = detail;
      const who = of ?? 'the source';
      if (passed) return `${measure}: ${formatCount(agreeing)} of ${countOf(totals, 'total')} are what ${who} says`;
      const others = first.map(
        ({ keys, stated, found }) =>
          `${keys === null ? '' : `${namedKeys(keys)} `}is ${String(found)}, and ${who} says ${String(stated)}`,
      );
      const off = `${measure}: ${formatCount(agreeing)} of ${countOf(totals, 'total')} are what ${who} says; ${others.join('; ')}`;
      return result === 'failed' ? off : `${off}, which lost events may explain`;
    }
    case 'totals-unused':
      return `${countOf(detail.totals, 'total')}${detail.of === null ? '' : ` of ${detail.of}`} unused: of a moment that is that of no snapshot, nor of the target (${isoTime(detail.first)}${detail.totals === 1 ? '' : ', …'})`;
    case 'baseline-unproven':
      return 'nothing that is left proves the snapshot that the run begins at';
    case 'baseline-trusted': {
      const { keys, parked } = detail;
      const why =
        parked === 0
          ? ''
          : ` (${countOf(parked, 'event')} before it ${parked === 1 ? 'is' : 'are'} parked on that way)`;
      return `you trust it: derived from the beginning of the log, ${countOf(keys, 'key')} of it ${keys === 1 ? 'is another' : 'are others'}${why}`;
    }
    case 'log-has-no-beginning':
      return 'the log does not reach back to its beginning';
    case 'baseline-derived-again':
      return passed
        ? 'derived again from the beginning of the log, the same digest'
        : 'the states derived from the beginning of the log are others';
    case 'invariant': {
      if (passed) return 'holds for every key';
      const { broken, first } = detail;
      const said =
        first === null ? '' : `key ${JSON.stringify(first.key)}${first.said === null ? '' : `: ${first.said}`}`;
      const [, ...others] = detail.keys ?? [];
      const more = others.length === 0 ? '' : `; then ${namedKeys(others)}`;
      return `${countOf(broken, 'key')} ${broken === 1 ? 'breaks' : 'break'} it, first ${said.length <= 120 ? said : `${said.slice(0, 119)}…`}${more}`;
    }
    case 'no-invariants':
      return 'the worker declares none';
    case 'worker-check':
      return detail.reason;
    case 'coverage':
      return describeCoverageCheck(detail);
    case 'key-out-of-scope':
      return `the run holds key ${JSON.stringify(detail.key)}, which is outside of its scope`;
    case 'keys-in-scope': {
      const { stored, keys, liveOutside } = detail;
      const outside =
        liveOutside === null
          ? 'no live state was given, so the keys outside are not counted'
          : `${formatCount(liveOutside)} live keys outside are not in the run`;
      return `all ${formatCount(stored)} stored keys are of the ${formatCount(keys)} in scope; ${outside}`;
    }
    case 'stored-rows':
      return `${formatCount(detail.states)} states and ${formatCount(detail.outputs)} outputs are those that were committed`;
    case 'state-not-its-hash':
      return `the state of key ${JSON.stringify(detail.key)} does not match its hash`;
    case 'chunk-not-its-hash':
      return `chunk ${detail.chunk} of the outputs does not match its hash`;
    case 'states-not-committed':
      return `${formatCount(detail.states)} states are stored, and they are not those that were committed`;
    case 'outputs-not-committed':
      return `${formatCount(detail.outputs)} outputs are stored, and they are not those that were committed`;
    case 'text':
      return detail.text;
  }
}

function namedKeys(keys: readonly string[]): string {
  const named = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 40)));
  return named.join(', ') + (keys.length > named.length ? ', …' : '');
}

type CoverageDetail = Extract<VerificationCheck['detail'], { kind: 'coverage' }>;

function describeCoverageCheck({ parts, unproven, declared }: CoverageDetail): string {
  if (parts === null) return 'nobody knows what the check of the worker covered';
  if (parts.length === 0) return 'the recovery ran no event type and no code that the check of the worker did not';
  const list = parts.map(describeUncoveredPart).join('; ');
  const left = [
    ...(unproven > 0 ? [`${countOf(unproven, 'key')} unproven until it is declared reviewed`] : []),
    ...(declared > 0 ? [`${countOf(declared, 'key')} declared, by what you reviewed`] : []),
  ];
  return `the recovery relied on what no check covered: ${list}${left.length === 0 ? '' : ` (${left.join(', ')})`}`;
}

/** `events of type order.refunded: 312 events, 19 keys`. */
function describeUncoveredPart({
  kind,
  name,
  events,
  keys,
  reviewed,
}: NonNullable<CoverageDetail['parts']>[number]): string {
  const mark = reviewed ? ', reviewed' : '';
  switch (kind) {
    case 'type':
      return `events of type ${name} (${countOf(events, 'event')}, ${countOf(keys, 'key')}${mark})`;
    case 'code':
      return `${name} (${countOf(events, 'event')}, ${countOf(keys, 'key')}${mark})`;
    case 'field':
      return `field ${name}, dropped by normalise (${countOf(keys, 'key')}${mark})`;
  }
}

function short(digest: string): string {
  return digest.slice(0, 12);
}
