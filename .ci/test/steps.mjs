import { apiStep } from '../api/api-step.mjs';
import { boundariesStep } from '../boundaries/boundaries-step.mjs';
import { docsStep } from '../docs/docs-step.mjs';
import { otherNodesStep } from '../full/other-nodes-step.mjs';
import { mutationScoreStep } from '../mutants/mutation-score-step.mjs';
import { mutantsStep } from '../mutants/mutants-step.mjs';
import { packagesStep } from '../packages/packages-step.mjs';
import { formatStep, gatesStep, knipStep, lintStep, syncStep } from './static-steps.mjs';
import { vitestStep } from './vitest-step.mjs';

/** These measure no time and use one core each: they are run side by side, the longest first. */
const sideBySide = {
  lint: lintStep,
  format: formatStep,
  mutants: mutantsStep,
  packages: packagesStep,
  boundaries: boundariesStep,
  gates: gatesStep,
  docs: docsStep,
  knip: knipStep,
  api: apiStep,
  sync: syncStep,
};

/** These use all cores and time what they test: they are run alone. */
const alone = { tests: vitestStep };
const inFull = { 'mutation-score': mutationScoreStep, 'other-nodes': otherNodesStep };

/** Two groups of steps, as pairs of name and action. */
export function stepsOf({ full }) {
  return { sideBySide: Object.entries(sideBySide), alone: Object.entries(full ? { ...alone, ...inFull } : alone) };
}
