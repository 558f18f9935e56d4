import { firstDifference } from '../model/json/first-difference.js';
import { HandlerCall } from './handler-call.js';
import type { InstanceSettings } from './instance-settings.js';
import type { ErasedHandler } from './select-version.js';
import type { StateView } from './worker-instance.js';
import { quoteKey } from './worker-failures.js';
import type { WorkerEvent } from './worker.js';

export interface ChangedInput {
  /** `the event`, or `the state of key "A"`. */
  readonly what: string;
  readonly key: string | null;
  readonly path: string;
}

/** A second call of a handler on copies of its inputs, to see which of them it changes. */
export interface Rehearsal {
  readonly run: () => unknown;
  readonly changed: () => ChangedInput | null;
}

export interface CallToRehearse {
  readonly settings: InstanceSettings;
  readonly handler: ErasedHandler;
  readonly single: boolean;
  readonly event: WorkerEvent;
  readonly keys: readonly string[];
  readonly now: number;
  readonly states: StateView;
}

/** True for the TypeError that strict mode throws when frozen data are written to. */
export function triedToChangeFrozen(thrown: unknown): boolean {
  return (
    thrown instanceof TypeError &&
    /read only property|not extensible|Cannot delete property|Cannot redefine property/.test(thrown.message)
  );
}

/**
 * Prepares a call of the same handler with the same event, whose inputs are copies that are not frozen. Nothing of what the
 * call does counts; afterwards `changed` names the first input that is no longer what it was. A value that cannot be copied
 * is not watched.
 */
export function rehearse(call: CallToRehearse): Rehearsal {
  const { settings, handler, single, keys, now, states } = call;
  const { codecless, snapshot } = snapshotsOf(settings);
  const given: { readonly key: string; readonly state: unknown; readonly before: unknown }[] = [];
  const give = (key: string, state: unknown): unknown => {
    const own = codecless ? copy(state) : state;
    given.push({ key, state: own, before: snapshot(own) });
    return own;
  };
  let asked = '';
  const frame = new HandlerCall({
    ...settings,
    freezing: false,
    initial: settings.initial === undefined ? undefined : (key) => give(key, settings.initial?.(key)),
    decode: (json) => give(asked, settings.decode === undefined ? json : settings.decode(json)),
  });
  const event: WorkerEvent = { ...call.event, value: copy(call.event.value) };
  const eventBefore = { ...event, value: copy(event.value) };
  const view: StateView = {
    read(key) {
      asked = key;
      return states.read(key);
    },
  };
  return {
    run() {
      frame.begin(event, keys, now, view);
      return handler(single ? frame.firstState() : frame.states, event, frame.context);
    },
    changed() {
      const inEvent = firstDifference(eventBefore, event);
      if (inEvent !== null) return { what: 'the event', key: null, path: inEvent.path };
      for (const { key, state, before } of given) {
        const inState = firstDifference(before, snapshot(state));
        if (inState !== null) return { what: `the state of key ${quoteKey(key)}`, key, path: inState.path };
      }
      return null;
    },
  };
}

/** How a state is written down so that a later change shows: through the codec where there is one. */
function snapshotsOf({ encode }: InstanceSettings): { codecless: boolean; snapshot: (state: unknown) => unknown } {
  return encode === undefined
    ? { codecless: true, snapshot: copy }
    : { codecless: false, snapshot: (state) => copy(encode(state)) };
}

function copy(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}
