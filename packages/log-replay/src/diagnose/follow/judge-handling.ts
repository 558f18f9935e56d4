import { type EmittedOutput, shortened } from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';
import { firstUnequal, sameOutputs } from './compare-handling.js';
import type { ObservedDifference } from '../fault.js';
import { valueAt } from './json-path.js';
import { agrees, type RevealedField, type Revelations } from './revealed-fields.js';
import type { CalledWorker } from './call-worker.js';
import type { Confidence, ExpectedAndLiveStates } from './expected-and-live-states.js';

/** What a handler makes of an event, from the states that the live service is believed to have had. */
export interface PredictedHandling {
  readonly outputs: readonly EmittedOutput[];
  /** State of a key of the event behind it. */
  readonly stateAfter: (key: string) => unknown;
}

/** What a handler makes of an event from the states that the service is believed to have. */
export function predicted(states: ExpectedAndLiveStates, live: CalledWorker): PredictedHandling {
  const { writes, outputs } = live;
  return {
    outputs,
    stateAfter: (key) => {
      for (const write of writes) if (write.key === key) return write.state;
      return states.liveState(key);
    },
  };
}

/**
 * How the records of a handling compare with the prediction. `unknown`: the states before it are not known well enough to
 * tell.
 */
export type HandlingJudgement =
  | { readonly judgement: 'agrees'; readonly toTheLetter: boolean }
  | { readonly judgement: 'differs'; readonly difference: ObservedDifference }
  | { readonly judgement: 'unknown' };

const agreeing: HandlingJudgement = { judgement: 'agrees', toTheLetter: true };
const agreeingRoughly: HandlingJudgement = { judgement: 'agrees', toTheLetter: false };
const unknown: HandlingJudgement = { judgement: 'unknown' };

/** A state that was taken from rounded outputs is off by at most one rounding, and the handler may add what others are off. */
const slack = 4;

/**
 * Holds the records against the prediction: to the letter where the states before are exact; by the revealed fields, within
 * their rounding, where they are approximate; not at all where they are guessed and differ.
 */
export function judgeHandling(
  predicted: PredictedHandling,
  records: readonly RecordedOutput[],
  standing: Confidence,
  revelations: Revelations,
): HandlingJudgement {
  if (sameOutputs(predicted.outputs, records, revelations.tolerancesOf)) return agreeing;
  switch (standing) {
    case 'exact': {
      const difference = firstUnequal(predicted.outputs, records, revelations.tolerancesOf);
      return difference === null ? agreeing : { judgement: 'differs', difference };
    }
    case 'guessed':
      return unknown;
    case 'approximate': {
      const fields = revelations.of(records);
      if (fields.length === 0) return unknown;
      const off = fields.find((field) => !agrees(valueAt(predicted.stateAfter(field.key), field.path), field, slack));
      return off === undefined ? agreeingRoughly : { judgement: 'differs', difference: differenceOf(predicted, off) };
    }
  }
}

function differenceOf({ stateAfter }: PredictedHandling, field: RevealedField): ObservedDifference {
  const { key, path, value, output } = field;
  const text = (side: unknown): string => (side === undefined ? 'nothing' : shortened(JSON.stringify(side)));
  return {
    output,
    key,
    path: `state.${path.join('.')}`,
    expected: text(valueAt(stateAfter(key), path)),
    recorded: text(value),
  };
}
