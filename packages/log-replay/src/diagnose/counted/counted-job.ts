import type { Job } from '@eventmend/core/engine';
import type { Fault } from '../fault.js';
import { tellCounted, type CountedRequest, type CountedSources } from './tell-counted.js';

/** Counts records that stand in no order. Null when it was stopped. */
const countedJob: Job<CountedRequest, CountedSources, readonly Fault[] | null> = (request, inputs, sources, control) =>
  tellCounted(request, inputs, sources, control);

export default countedJob;
