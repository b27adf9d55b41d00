// What patches say of themselves: remarks with a reason, and the names of new tests.

import type { ChangeStep } from './steps.ts';
import type { Phrases } from './phrases.ts';
import { withoutStop } from './sentences.ts';
import { isTestPath } from './story-files.ts';

/** Remarks that the new code itself carries: the shortest place where a reason is written. */
export function remarks(changes: readonly ChangeStep[], say: Phrases): readonly string[] {
  return changes
    .filter((change) => !isTestPath(change.path) && !/\.(?:md|txt|json|ya?ml|lock)$/.test(change.path))
    .flatMap((change) =>
      change.addedLines.flatMap((line) => {
        const text = /^\s*(?:\/\/+|#+|--|%+|\*)\s+(\p{L}.{18,150})$/u.exec(line)?.[1]?.trim();
        const isProse =
          text !== undefined &&
          text.split(' ').length >= 5 &&
          !/[;{}]$|^(?:TODO|eslint|@|type:|noqa|import )/.test(text);
        return isProse ? [say('remark', { text: withoutStop(text), file: change.path })] : [];
      }),
    );
}

/** The names of tests that were added. */
export function newTests(changes: readonly ChangeStep[], say: Phrases): readonly string[] {
  return changes
    .filter((change) => isTestPath(change.path))
    .flatMap((change) =>
      change.addedLines.flatMap((line) => {
        const found =
          /^\s*(?:test|it|specify|scenario)(?:\.\w+)?\s*\(?\s*(['"`])(.{8,110}?)\1/.exec(line)?.[2] ??
          /^\s*(?:async )?(?:def|fn|func) (test_?\w{6,90})/i.exec(line)?.[1];
        return found === undefined ? [] : [say('newTests', { name: found, file: change.path })];
      }),
    );
}
