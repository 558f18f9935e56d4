import { apiStep } from '../api/api-step.mjs';
import { boundariesStep } from '../boundaries/boundaries-step.mjs';
import { docsStep } from '../docs/docs-step.mjs';
import { otherNodesStep } from '../full/other-nodes-step.mjs';
import { mutationScoreStep } from '../mutants/mutation-score-step.mjs';
import { mutantsStep } from '../mutants/mutants-step.mjs';
import { packagesStep } from '../packages/packages-step.mjs';
import { formatStep, gatesStep, knipStep, lintStep, syncStep } from './static-steps.mjs';
import { vitestStep } from './vitest-step.mjs';

/**
 * Run side by side, in this order. The tests take longest and wait for processes and brokers half of the time, so the others are
 * done beside them; that of `sync` comes first, since two runs of Nx at once would be in each other's way.
 */
const sideBySide = {
  lint: lintStep,
  sync: syncStep,
  tests: vitestStep,
  format: formatStep,
  mutants: mutantsStep,
  packages: packagesStep,
  boundaries: boundariesStep,
  gates: gatesStep,
  docs: docsStep,
  knip: knipStep,
  api: apiStep,
};

/** These use all cores: they are run alone. */
const inFull = { 'mutation-score': mutationScoreStep, 'other-nodes': otherNodesStep };

/** Two groups of steps, as pairs of name and action. */
export function stepsOf({ full }) {
  return { sideBySide: Object.entries(sideBySide), alone: full ? Object.entries(inFull) : [] };
}
