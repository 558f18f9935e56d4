import { firstDifference, type KeyOfRun, type KeySummary, type RecordedEventRef } from '@eventmend/core/engine';
import type { KeySurvey } from '@eventmend/core/sqlite';
import type { RunReport } from '@eventmend/core';
import { eventToJson } from '../../documents/event-to-json.js';
import type { ReportJson, ReportKey } from '../../documents/report-document.js';
import { describeLiveDoubt } from '../../render/render-run.js';
import { countOf, formatCount } from '../../terminal/format.js';
import type { Mask } from '../mask/mask.js';
import type { CausesOfPlan } from './causes-of-plan.js';
import type { KeyChoice } from './choose-keys.js';
import { shownJson, shownText } from './shown-json.js';

/** So many characters of rows a report holds at most: the page stays small whatever the values are. */
const mostCharacters = 260_000;

export interface KeysInput {
  readonly survey: KeySurvey;
  readonly byFidelity: Readonly<Record<string, number>>;
  readonly choice: KeyChoice;
  readonly causes: CausesOfPlan;
  readonly mask: Mask;
  readonly masked: readonly string[];
  readonly report: RunReport;
  /** What each key got wrong of its outputs, and the faults that a diagnosis found for it. */
  readonly outputs: ReadonlyMap<string, KeySummary>;
  readonly faults: ReadonlyMap<string, readonly { readonly kind: string; readonly event: RecordedEventRef }[]>;
}

/** The keys of a run as a report lists them: the worst, and a sample of the others. */
export function keysOfRun(input: KeysInput): NonNullable<ReportJson['keys']> {
  const { survey, byFidelity, choice, causes, masked, report } = input;
  const listed: ReportKey[] = [];
  let left = mostCharacters;
  for (const { of, chosenAs } of choice.list()) {
    const key = keyToJson(of, chosenAs, input);
    left -= JSON.stringify(key).length;
    if (left < 0 && listed.length > 0) break;
    listed.push(key);
  }
  const inAll = choice.seen;
  const counted = Object.entries(survey.byStanding).filter(([, count]) => count > 0);
  return {
    inAll,
    byFidelity,
    byStanding: Object.fromEntries(counted),
    live: liveText(report, survey),
    listed,
    provenances: causes.list(),
    masked: [...masked],
  };
}

function keyToJson(of: KeyOfRun, chosenAs: ReportKey['chosenAs'], input: KeysInput): ReportKey {
  const { mask, causes } = input;
  const show = (text: string | null): string | null => (text === null ? null : shownJson(mask.value(JSON.parse(text))));
  const outputs = input.outputs.get(of.key);
  return {
    key: shownText(mask.key(of.key)),
    standing: of.standing,
    fidelity: of.fidelity,
    taken: of.taken,
    recovered: show(of.recovered),
    live: show(of.live),
    rebuilt: show(of.rebuilt),
    difference: differenceOf(of, mask),
    provenance: causes.numberOf(of.causes),
    outputs:
      outputs === undefined ? null : { owed: outputs.owed, replaced: outputs.replaced, toRetract: outputs.toRetract },
    faults: (input.faults.get(of.key) ?? []).map(({ kind, event }) => ({ kind, event: eventToJson(event) })),
    chosenAs,
  };
}

function differenceOf({ recovered, live, rebuilt, standing }: KeyOfRun, mask: Mask): ReportKey['difference'] {
  const mine = rebuilt ?? recovered;
  if (mine === null || live === null || standing === 'same') return null;
  const difference = firstDifference(JSON.parse(mine), JSON.parse(live));
  if (difference === null) return null;
  const { path, left, right } = difference;
  const show = (value: unknown): string => shownJson(mask.value(value, path), 120);
  return { path: shownText(mask.path(path), 120), recovered: show(left), live: show(right) };
}

function liveText({ live }: RunReport, { noLive }: KeySurvey): string {
  switch (noLive) {
    case 'live-changed':
      return 'the live state was changed since the run ended: what stands beside the recovered values is the state as it is now';
    case 'worker-changed':
      return 'the worker was changed since the run: live values are not shown beside the recovered ones';
    case 'live-unreadable':
      return 'the live state cannot be read now';
    case null:
    case 'not-compared-by-run':
      break;
  }
  if (live === null) return 'no live state was given';
  if (!live.compared) {
    return `the live state was not compared: ${live.reason === null ? 'no reason given' : describeLiveDoubt(live.reason)}`;
  }
  const doubt = live.reason === null ? '' : `; ${describeLiveDoubt(live.reason)}`;
  return `${formatCount(live.differing)} of ${countOf(live.keys, 'key')} ${live.differing === 1 ? 'differs' : 'differ'} from the live state${doubt}`;
}
