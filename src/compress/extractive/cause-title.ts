// The title of a finding: the symptom that one searches for, and why it is so.

import { withoutCauseWords } from './prose.ts';
import { shorten, withoutStop } from './sentences.ts';
import { tellsSymptom, topicOf } from './story.ts';

/** `<symptom>: <cause>`, as far as both fit. */
export function causeTitle(cause: string, ask: string | undefined): string {
  const head = withoutStop(causeHead(cause));
  if (ask === undefined || !tellsSymptom(ask)) return shorten(withoutStop(withoutCauseWords(cause)), 118);
  const topic = topicOf(ask)
    .replace(/^(?:we|i) (?:see|get|got|have|notice[d]?|found)(?: that)? /i, '')
    .replace(/[,;]?\s*(?:(?:but )?why|how come|warum|wieso|pourquoi|por qu[eé])?\s*[?？]+$/i, '');
  const symptom = shorten(topic, 82);
  return `${symptom}: ${shorten(head, Math.max(34, 116 - symptom.length))}`;
}

function causeHead(cause: string): string {
  const said = /\b(?:cause|reason|culprit|problem|bug|issue)(?: (?:is|was)(?: that)?|:) (.+)$/i.exec(cause)?.[1];
  // What follows from it stands behind.
  if (said !== undefined) return said.split(/: |; |, so (?=.{20})/)[0] ?? said;
  const after =
    /\b(?:because of|because|due to|turns out(?: that)?) (.+)$/i.exec(cause)?.[1] ??
    /, so (?:that )?(.{20,})$/i.exec(cause)?.[1];
  return (after ?? cause).split(/: |; /)[0] ?? cause;
}
