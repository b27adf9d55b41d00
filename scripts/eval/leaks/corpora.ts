// Every made-up corpus of leaks and of what only looks like them, by name.

import { harmlessCorpus, leakCorpus } from '../secret-corpus.ts';
import type { HarmlessRow, LeakRow } from '../secret-corpus.ts';
import { commandsAndFilesHarmless, commandsAndFilesLeaks } from './commands-and-files.ts';
import { furtherPlacesHarmless, furtherPlacesLeaks } from './further-places.ts';
import { sessionOutputHarmless, sessionOutputLeaks } from './session-output.ts';
import { shortRowsHarmless, shortRowsLeaks } from './short-rows.ts';

export interface Corpus {
  readonly name: string;
  readonly leaks: readonly LeakRow[];
  readonly harmless: readonly HarmlessRow[];
}

/** With `seed` other values are drawn than those that the rules were mended by. */
export function corpora(seed?: number): readonly Corpus[] {
  return [
    { name: 'made-up', leaks: leakCorpus(seed), harmless: harmlessCorpus(seed) },
    { name: 'output of sessions', leaks: sessionOutputLeaks(seed), harmless: sessionOutputHarmless(seed) },
    { name: 'commands and files', leaks: commandsAndFilesLeaks(seed), harmless: commandsAndFilesHarmless(seed) },
    { name: 'short rows', leaks: shortRowsLeaks(seed), harmless: shortRowsHarmless(seed) },
    { name: 'further places', leaks: furtherPlacesLeaks(seed), harmless: furtherPlacesHarmless(seed) },
  ];
}
