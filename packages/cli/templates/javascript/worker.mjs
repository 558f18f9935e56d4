// What your service does with an event: state and event in, next state out. This one counts. Put the corrected handler of
// your service in its place. Everything else (order, accounts, resuming, proof) is done around it. It must depend on nothing
// but the state, the event and context.now.
import { run } from './eventmend-worker.mjs';

run({
  name: '__NAME__',
  version: '1.0.0',
  key: (event) => event.key ?? 'no key',
  initial: () => ({ events: 0, lastOffset: null }),
  evolve(state, event, context) {
    const events = state.events + 1;
    context.emit('counted', events);
    return { events, lastOffset: Number(event.offset) };
  },
  outputs: { counted: { kind: 'latest' } },
});
