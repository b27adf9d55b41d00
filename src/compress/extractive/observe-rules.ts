// Observations of rules: written into the repository's instructions, asked to be kept in mind, or said in passing.

import { likeness } from '../likeness.ts';
import { makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { Phrases } from './phrases.ts';
import { factOf } from './prose.ts';
import { capitalise, shorten, splitSentences, withoutStop } from './sentences.ts';
import { asksToRemember, statesHabit } from './signals.ts';
import { filesOf, mentionedFiles } from './story-files.ts';
import { lastStepOf } from './story.ts';
import type { Story } from './story.ts';

/** Rules that were written into the repository's instructions, and those that the user only said. */
export function observeRules(story: Story, say: Phrases): readonly Candidate[] {
  const written = story.rules.map((rule) => {
    const commit = story.commits.find((made) => made.turn === rule.turn && made.step > rule.step);
    return makeCandidate({
      type: 'convention',
      title: rule.rule.replaceAll('`', ''),
      paragraphs: [
        [say('ruleFrom', { file: rule.path }), commit?.id === undefined ? undefined : say('commit', { id: commit.id })]
          .filter((part) => part !== undefined)
          .join(' '),
      ],
      facts: [rule.rule],
      files: [rule.path],
      rank: 9,
      at: rule.step,
    });
  });
  const asked = story.asks.flatMap((ask, turn) => {
    if (ask === undefined) return [];
    if (!asksToRemember(ask)) return observeCorrection(story, ask, turn, say);
    const rule = withoutStop(
      ask
        .replace(
          /^[^:.]{0,60}\b(?:remember|mind|time|note|now on|merk dir|denk dran|souviens-toi|retiens|recuerda|lembre(?:-se)?)\b[^:.]{0,30}:\s*/i,
          '',
        )
        .split('\n')[0] ?? '',
    );
    if (rule.length < 15 || written.some((candidate) => likeness(candidate.title, rule) > 0.5)) return [];
    const [first = rule] = splitSentences(rule);
    const text = typeof first === 'string' ? first : first.text;
    return [
      makeCandidate({
        type: 'convention',
        title: shorten(text, 118),
        paragraphs: [say('ruleAsked')],
        facts: [factOf(text)],
        files: filesOf(story, turn, text),
        rank: 10,
        at: lastStepOf(story, turn),
      }),
    ];
  });
  return [...written, ...asked];
}

/** A rule that a prompt states by the way, mostly because the agent did otherwise: `No, we always use pnpm here`. */
function observeCorrection(story: Story, ask: string, turn: number, say: Phrases): readonly Candidate[] {
  const clauses = splitSentences(ask).flatMap(({ text }) =>
    text.split(/[.;!,]?\s+(?:and|but|und|aber)\s+(?=(?:we|wir|always|never|in this)\b)/i),
  );
  const rule = clauses.find(
    (text) => text.length >= 20 && text.length <= 220 && !/[?？]$/.test(text) && statesHabit(text),
  );
  if (rule === undefined) return [];
  const text = capitalise(
    rule
      .replace(/^(?:no|nope|nein|non|please|bitte|and|but)[,:.]?\s+/i, '')
      .replace(/,? (?:please|bitte)(?=[,.]|$)/i, ''),
  );
  return [
    makeCandidate({
      type: 'convention',
      title: shorten(text, 118),
      paragraphs: [say('ruleSaid')],
      facts: [],
      // What was just worked on is mostly not what the rule is about.
      files: mentionedFiles(story, text).slice(0, 4),
      rank: 7,
      at: lastStepOf(story, turn),
    }),
  ];
}
