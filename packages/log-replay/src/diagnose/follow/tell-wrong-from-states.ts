import type { RecordedOutput } from '@eventmend/core';
import { sameJson, sameRecorded } from '@eventmend/core/engine';
import { overlaid, type CalledWorker } from './call-worker.js';
import { sameOutputs, type TolerancesOf } from './compare-handling.js';
import { refOf } from './event-ref.js';
import type { Confidence } from './expected-and-live-states.js';
import type { FollowContext } from './follow-context.js';
import type { FirstHandling } from './first-handling.js';
import { judgeHandling, predicted } from './judge-handling.js';
import { roundedViews } from './perturbed-views.js';
import { stateLeftOtherwise } from './state-left-otherwise.js';
import { perhapsOlder, perhapsRepeated, perhapsStateLost } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';
import { wereConfirmed } from './were-confirmed.js';
import { describeRef } from '../records/handling.js';
import type { ObservedDifference } from '../fault.js';

/** The records are not those of the states that the service had before it, as far as nothing else explains them. */
export async function tellWrongFromStates(
  context: FollowContext,
  { walked, live, records }: FirstHandling & { readonly records: readonly RecordedOutput[] },
  difference: ObservedDifference,
  standing: Confidence,
): Promise<void> {
  if (await mayBeRepeated(context, walked, live, records)) context.cannotTell(walked, perhapsRepeated);
  else if (await mayBeOlder(context, walked, live, records)) context.cannotTell(walked, perhapsOlder);
  else await tellWrongOrState(context, { walked, live, records }, difference, standing);
}

/**
 * A result is wrong; or the event before it left another state than it sent, from which the result is right. Where one event alone
 * may have done so, it is told at one of the two.
 */
async function tellWrongOrState(
  context: FollowContext,
  { walked, live, records }: Pick<FirstHandling, 'walked' | 'live'> & { readonly records: readonly RecordedOutput[] },
  difference: ObservedDifference,
  standing: Confidence,
): Promise<void> {
  const evidence = evidenceOf(difference, standing);
  const otherwise = await stateLeftOtherwise(context, walked, live, records, standing);
  if (otherwise === 'nobody') context.pending.accuse('wrong', walked, evidence, { difference });
  else if (otherwise === 'unknown') context.cannotTell(walked, perhapsStateLost);
  else {
    const other = refOf(otherwise.by);
    const or = `; or ${describeRef(other)} sent what it should have, and its state was not written so`;
    context.pending.accuse('wrong', walked, `at one of these: ${evidence}${or}`, { difference, other });
  }
}

/**
 * The disagreement may come of an earlier event of these keys, which nothing shows to have been handled rightly: one since the
 * last agreement, or, where outputs are rounded, an older one that the rounding hid.
 */
async function mayBeOlder(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<boolean> {
  const { states, open, revelations, sometimesSilent } = context;
  if (states.hadQuiet(walked.keys) || !(await wereConfirmed(context, walked))) return true;
  if (sometimesSilent) {
    if (states.standingOf(walked.keys).standing !== 'exact') return true;
    if (open.sharing(walked.keys, walked.rank).some(({ finding }) => finding === 'unclear')) return true;
  }
  if (!states.everQuiet(walked.keys) && revelations.roundedFields.length === 0) return false;
  if (judgeHandling(predicted(context.states, live), records, 'approximate', revelations).judgement === 'agrees')
    return true;
  for (const view of roundedViews(states, walked.keys, revelations)) {
    const other = await context.call(walked, view);
    if (!('fault' in other) && sameOutputs(other.outputs, records, revelations.tolerancesOf)) return true;
  }
  return false;
}

/** So many earlier handlings are asked whether they may have come twice. */
const askedHandlings = 32;

/**
 * The disagreement may come of a second handling, of this event or of one of its keys before it, that left no outputs of its
 * own: then nobody can say whether that or a wrong result is the reason.
 */
async function mayBeRepeated(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<boolean> {
  const { states, recent, revelations } = context;
  const fits = (outputs: CalledWorker['outputs']): boolean => sameOutputs(outputs, records, revelations.tolerancesOf);
  const again = await context.call(walked, overlaid(states.liveView, live.writes));
  if (!('fault' in again)) {
    const others = again.outputs.filter((output) => !live.outputs.some((first) => sameJson(first, output)));
    // Rows that repeat those of the first handling may have been left out as ones that came again.
    if (fits([...live.outputs, ...again.outputs]) || fits([...live.outputs, ...others])) return true;
  }
  // It may have come again at any time, from states that other events had left by then.
  if (hasSurplus(live.outputs, records, revelations.tolerancesOf)) return true;
  const { outputsFrom } = context.request;
  if (!context.sometimesSilent && live.outputs.length > 0 && outputsFrom === null) return false;
  let asked = 0;
  for (const { walked: earlier } of recent.since(0)) {
    if (earlier === walked || !earlier.keys.some((key) => walked.keys.includes(key))) continue;
    if (++asked > askedHandlings) return false;
    const second = await context.call(earlier, states.liveView);
    const isKept = outputsFrom === null || earlier.now >= outputsFrom;
    if ('fault' in second || (isKept && second.outputs.length > 0)) continue;
    const after = await context.call(walked, overlaid(states.liveView, second.writes));
    if (!('fault' in after) && fits(after.outputs)) return true;
  }
  return false;
}

/** All that was expected was recorded, and more. */
function hasSurplus(
  expected: CalledWorker['outputs'],
  records: readonly RecordedOutput[],
  tolerancesOf: TolerancesOf,
): boolean {
  const left = [...records];
  for (const { output, key, value } of expected) {
    const at = left.findIndex(
      (record) =>
        record.output === output && record.key === key && sameRecorded(value, record.value, tolerancesOf(output)),
    );
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length > 0;
}

function evidenceOf({ path, output, expected, recorded }: ObservedDifference, standing: Confidence): string {
  const from =
    standing === 'exact' ? 'from the states just before it' : 'from what outputs had revealed just before it';
  return `${from} ${output ?? 'the state'} should have ${path} ${expected}, and ${recorded} was recorded`;
}
