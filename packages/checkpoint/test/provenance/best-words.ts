import type { Fidelity } from '@eventmend/core';
import { Draw } from '../../../core/test/provenance/draw.js';
import { foldPlainly, inOrder, type Deviance } from './fold-plainly.js';
import { behind, between, hasSeen, isBefore, rowsOf, upTo, type Root } from './roots.js';
import { SaidOfEvents } from './said-of-events.js';
import {
  placeOf,
  textOf,
  type FactRow,
  type States,
  type TinyEvent,
  type TinyIncident,
  type TinySnapshot,
} from './tiny-incident.js';
import type { TinyState } from './tiny-worker.js';
import { checkPlainly, type WorkerChecks } from './worker-checks.js';
import { Worlds, type World } from './worlds.js';

const wordsFromWorst: readonly Fidelity[] = ['incomplete', 'unproven', 'external', 'declared', 'exact'];

/** What nobody denies from a root: all worlds in which what is relied on is as it is declared. */
interface View {
  readonly word: Fidelity;
  readonly root: Root;
  readonly start: States;
  readonly worlds: readonly World[];
  readonly states: readonly States[];
}

export interface Objection {
  readonly because: string;
}

/** Everything that may be said of an incident, by trying out what nobody knows. No word rests on what a plan says. */
export class Oracle {
  readonly #incident: TinyIncident;
  readonly #checks: WorkerChecks;
  readonly #views: readonly View[];
  readonly #deviant = new Map<View, readonly { readonly name: string; readonly states: States }[]>();

  constructor(incident: TinyIncident) {
    this.#incident = incident;
    const draw = new Draw(incident.design.seed * 31 + 5);
    const source = new Worlds(incident, draw);
    const any = source.any(60);
    this.#checks = checkPlainly(incident, any);
    const { known, lost, design } = incident;
    const said = new SaidOfEvents(incident);
    const isTruthful = incident.isTruthful && said.mayBe([...known, ...lost], true);
    const snapshots = incident.snapshots.filter((snapshot) => this.#isReached(snapshot));
    // What records say of known events can be false; then nothing rests on them.
    const isBelievable = said.mayBe(known, false);
    const whole = [...any, ...source.near(250)].filter(({ filled }) => said.mayBe([...known, ...filled], true));
    const trusted = snapshots.filter((each) => each.trusted);
    const view = (word: Fidelity, root: Root, worlds: readonly World[], start = rowsOf(root)): View => ({
      ...{ word, root, start, worlds },
      states: worlds.map((world) => this.#end({ root, start }, world, null)),
    });
    // What a replay from there gives of a later state in every world was compared with the service, and may be begun at.
    const onward = (word: Fidelity, root: Root): readonly View[] =>
      snapshots.filter((end) => isBefore(root, end)).map((end) => view(word, end, any, this.#shown(root, end, any)));
    const isRecorded = design.records !== null || design.facts !== null;
    const agreeing = (root: Root): readonly World[] => whole.filter((world) => this.#agreesWithFacts(root, world));
    this.#views = [
      view('exact', null, any),
      ...onward('exact', null),
      ...trusted.flatMap((root) => [view('declared', root, any), ...onward('declared', root)]),
      // What lies is not tried out: nobody can tell what is lost from it. That it was found out is asked for all the same.
      ...(isRecorded && isTruthful ? [null, ...trusted].map((root) => view('external', root, agreeing(root))) : []),
      ...(isTruthful ? [null, ...snapshots].map((root) => view('unproven', root, agreeing(root))) : []),
      // A state that facts contradict is no better than that: it was never said to be right.
      ...snapshots.map((root) => view('unproven', root, isTruthful ? whole : any)),
    ];
    this.isRecordTrusted = isTruthful ? 'yes' : isBelievable ? 'cannot be told' : 'no';
  }

  /** Whether the records are what they are declared to be: where they are not, and known events show it, nothing rests on them. */
  readonly isRecordTrusted: 'yes' | 'cannot be told' | 'no';

  keys(): ReadonlySet<string> {
    return new Set(this.#views.flatMap(({ states }) => states.flatMap((each) => [...each.keys()])));
  }

  /** What speaks against a word for a state; null where nothing does. */
  objection(key: string, state: string, word: Fidelity): Objection | null {
    const rank = rankOf(word);
    if (word === 'incomplete') return null;
    if (rank > rankOf('unproven') && !this.#checks.isChecked) return { because: 'the worker is not checked' };
    if (rank <= rankOf('external') && this.isRecordTrusted === 'cannot be told') return null;
    if (rank === rankOf('unproven') && this.isRecordTrusted === 'no') return null;
    const objections: string[] = [];
    for (const view of this.#views) {
      if (rankOf(view.word) < rank) continue;
      const because = this.#against(view, key, state, rank > rankOf('unproven'));
      if (because === null) return null;
      objections.push(`${view.word} from ${view.root?.id ?? 'the beginning'}: ${because}`);
    }
    return { because: objections.join('; ') };
  }

  /** The best word that a state may have. */
  best(key: string): { readonly word: Fidelity; readonly state: string } {
    for (const word of [...wordsFromWorst].reverse()) {
      for (const view of this.#views) {
        if (view.word !== word) continue;
        const state = textOf(view.states[0]?.get(key));
        if (view.states.length > 0 && this.objection(key, state, word) === null) return { word, state };
      }
    }
    return { word: 'incomplete', state: '?' };
  }

  #against(view: View, key: string, state: string, isStrong: boolean): string | null {
    if (view.worlds.length === 0) return 'nothing agrees with what is said';
    const other = view.states.findIndex((states) => textOf(states.get(key)) !== state);
    if (other !== -1) return `${textOf(view.states[other]?.get(key))} where ${describe(view.worlds[other])}`;
    if (!isStrong) return null;
    const deviant = this.#deviants(view).find(({ states }) => textOf(states.get(key)) !== state);
    return deviant === undefined ? null : `the check did not cover ${deviant.name}`;
  }

  #deviants(view: View): readonly { readonly name: string; readonly states: States }[] {
    const known = this.#deviant.get(view);
    if (known !== undefined) return known;
    const [world] = view.worlds;
    const made =
      world === undefined
        ? []
        : this.#checks.uncovered.flatMap((type) =>
            (['more', 'nothing', 'other'] as const)
              // A fact is right whatever the worker does in front of it.
              .filter((does) => view.word !== 'external' || this.#agreesWithFacts(view.root, world, { type, does }))
              .map((does) => ({ name: type, states: this.#end(view, world, { type, does }) })),
          );
    this.#deviant.set(view, made);
    return made;
  }

  /** It has seen nothing behind the target. */
  #isReached(snapshot: TinySnapshot): boolean {
    const { known, lost, target } = this.#incident;
    const inside = new Set(upTo(target, [...known, ...lost]).map((event) => placeOf(event)));
    return inOrder([...known, ...lost]).every((event) => !hasSeen(snapshot, event) || inside.has(placeOf(event)));
  }

  /** The rows of a state that a replay gives; all others are as nobody knows them. */
  #shown(root: Root, end: TinySnapshot, worlds: readonly World[]): States {
    const { known } = this.#incident;
    const folded = worlds.map(({ filled, effects }) =>
      this.#fold(rowsOf(root), between(root, end, [...known, ...filled]), effects, null),
    );
    const keys = new Set([end.rows, ...folded].flatMap((states) => [...states.keys()]));
    return new Map(
      [...keys].flatMap((key, index): [string, TinyState][] => {
        const row = end.rows.get(key);
        if (folded.some((states) => textOf(states.get(key)) !== textOf(row))) return [[key, { n: 90_001 + index }]];
        return row === undefined ? [] : [[key, row]];
      }),
    );
  }

  #end({ root, start }: Pick<View, 'root' | 'start'>, { filled, effects }: World, deviance: Deviance | null): States {
    const events = behind(root, this.#incident.target, [...this.#incident.known, ...filled]);
    return this.#fold(start, events, effects, deviance);
  }

  #fold(start: States, events: readonly TinyEvent[], effects: World['effects'], deviance: Deviance | null): States {
    return foldPlainly(events, { shape: this.#incident.design.shape, start, effects, deviance });
  }

  #agreesWithFacts(root: Root, world: World, deviance: Deviance | null = null): boolean {
    return this.#incident.factRows.every((row) => this.#agreesWith(row, root, world, deviance));
  }

  /** There is a moment of which the row may speak at which the state was what it says. */
  #agreesWith(
    { key, time, state }: FactRow,
    root: Root,
    { filled, effects }: World,
    deviance: Deviance | null,
  ): boolean {
    const { facts } = this.#incident.design;
    if (facts === null) return true;
    const [low, high] = [time - facts.within.later, time + facts.within.earlier];
    // Of what was in front of a root it says nothing.
    if (root !== null && low <= root.takenAt) return true;
    const events = inOrder([...this.#incident.known, ...filled]);
    const moments = [low, ...events.map(({ at }) => at).filter((moment) => moment > low && moment <= high)];
    return moments.some((moment) => {
      const seen = events.filter((event) => event.at <= moment && !hasSeen(root, event));
      const found = this.#fold(rowsOf(root), seen, effects, deviance).get(key);
      return facts.whole ? textOf(found) === textOf(state) : found?.n === state.n;
    });
  }
}

export const rankOf = (word: Fidelity): number => wordsFromWorst.indexOf(word);

function describe(world: World | undefined): string {
  const start = Date.UTC(2026, 0, 1);
  return JSON.stringify({
    filled: world?.filled.map(
      ({ partition, offset, value: { type, a, b, n, id }, time }) =>
        `${partition}@${offset} +${time - start} ${[type, a, b, n, id].filter((part) => part !== undefined).join(' ')}`,
    ),
    effects: [...(world?.effects ?? [])],
  });
}
