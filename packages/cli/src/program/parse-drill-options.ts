import { RecoveryError } from '@eventmend/core';
import type { DrillBounds, DrillMix } from '@eventmend/core/engine';

/** `missed=20`, `hole=5%`: names are checked where drills are made. @throws RecoveryError `invalid-argument` */
export function parseMix(amounts: readonly string[]): DrillMix {
  const mix: Record<string, number> = {};
  for (const word of amounts.flatMap((each) => each.split(',')).filter((each) => each !== '')) {
    const [, name, digits, percent] = /^([a-z-]+)=(\d+(?:\.\d+)?)(%?)$/.exec(word) ?? [];
    if (name === undefined || Object.hasOwn(mix, name)) {
      const what = name === undefined ? 'is not understood' : 'is there twice';
      throw new RecoveryError('invalid-argument', `--mix ${JSON.stringify(word)} ${what}`, {
        hint: 'give each thing that goes wrong once, and how much of it, such as --mix missed=20 hole=5%',
      });
    }
    const amount = Number(digits);
    if (percent === '%' && amount >= 100) throw tooLarge(word);
    mix[name] = percent === '%' ? amount / 100 : amount;
  }
  return mix;
}

/** A whole number from `least` on; undefined where none is given. @throws RecoveryError `invalid-argument` */
export function parseCount(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text.replaceAll(',', ''));
  if (/^[\d,]+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new RecoveryError('invalid-argument', `${option} ${JSON.stringify(text)} is no whole number from ${least} on`);
}

/** @throws RecoveryError `invalid-argument` */
export function parseBounds(given: {
  readonly minPrecision?: string;
  readonly minRecall?: string;
  readonly maxWrong?: string;
}): DrillBounds {
  const { minPrecision, minRecall, maxWrong } = given;
  return {
    ...(minPrecision !== undefined && { precision: parseShare('--min-precision', minPrecision) }),
    ...(minRecall !== undefined && { recall: parseShare('--min-recall', minRecall) }),
    ...(maxWrong !== undefined && { wrongKeys: parseShare('--max-wrong', maxWrong) }),
  };
}

/** `95%` or `0.95`. */
function parseShare(option: string, text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text) ?? [];
  const share = digits === undefined ? NaN : Number(digits) / (percent === '%' ? 100 : 1);
  if (share >= 0 && share <= 1) return share;
  throw new RecoveryError('invalid-argument', `${option} ${JSON.stringify(text)} is no share`, {
    hint: 'give a share such as 95% or 0.95',
  });
}

function tooLarge(word: string): RecoveryError {
  return new RecoveryError('invalid-argument', `--mix ${JSON.stringify(word)} leaves nothing`, {
    hint: 'give a share below 100%',
  });
}
