// The sentence and the way out that people read for each reason to hold back; the texts are in templates/held.json.

import type { HeldReason } from '../../model/publication.ts';
import { readTemplate } from '../../system/templates.ts';

export interface HeldText {
  /** What holds the memories. */
  readonly sentence: string;
  /** What the reader can do, or that nothing needs to be done. */
  readonly wayOut: string;
}

/** Texts are ours and there is one for each reason (a test holds this). */
export function readHeldText(reason: HeldReason): HeldText {
  const texts: Readonly<Record<HeldReason, HeldText>> = JSON.parse(readTemplate('held.json'));
  return texts[reason];
}
