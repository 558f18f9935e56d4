// Keeps all that its events say, so that the conformance checks see it come back. Prints, which must do no harm.
import { run } from './eventmend-worker.mjs';

run({
  name: 'keep',
  version: '1',
  key({ key, value }) {
    console.log('asked for the key', key);
    return key ?? value.key;
  },
  initial: () => ({ events: 0, third: 0, last: null }),
  evolve(state, event, context) {
    console.log('handling');
    if (typeof event.value?.count !== 'number') throw new TypeError('no count');
    state.events += 1;
    state.third += event.value.count / 3;
    state.last = event.value;
    context.emit('kept', state);
    return state;
  },
  outputs: { kept: { kind: 'event' } },
});
