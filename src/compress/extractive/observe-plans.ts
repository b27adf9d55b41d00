// Observations of what was planned: the purpose of a piece of work, the bounds it has to keep, the tasks it was cut into.

import { makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { Phrases } from './phrases.ts';
import type { Plan } from './plans.ts';
import type { SessionState } from '../../model/draft.ts';
import { factOf, sentenceOf } from './prose.ts';
import { shorten } from './sentences.ts';
import { mentionedFiles } from './story-files.ts';
import type { Story } from './story.ts';

/** Bounds that a plan has to have before reading it is worth a memory. */
const LEAST_BOUNDS = 2;
/** And before a further one of the same session is. */
const LEAST_FURTHER_BOUNDS = 5;

/** Candidates for plans that the session made, and for the bounds of the work that it was given. */
export function observePlans(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  const made = story.plans.filter((plan) => plan.origin === 'made');
  const [main, ...tasks] = made;
  const ending = say('bounds', { title: '' }).trim();
  const isFurther = state.known.some((memory) => memory.title.endsWith(ending));
  const given = story.plans
    .filter((plan) => plan.origin === 'read' && plan.bounds.length >= (isFurther ? LEAST_FURTHER_BOUNDS : LEAST_BOUNDS))
    .toSorted((a, b) => b.bounds.length - a.bounds.length)
    .slice(0, 1);
  return [
    ...(main === undefined || contentOf(main) === 0 ? [] : [observeMade(main, tasks, say)]),
    ...given.map((plan) => observeGiven(story, plan, say)),
  ];
}

function observeMade(plan: Plan, tasks: readonly Plan[], say: Phrases): Candidate {
  const [goal] = plan.goal;
  const [solution, ...more] = plan.solution;
  return makeCandidate({
    type: 'decision',
    title: say('plan', { title: plan.title.replace(/^(?:epic|plan):\s+/i, '') }),
    paragraphs: [
      goal === undefined ? undefined : sentenceOf(goal),
      solution === undefined ? undefined : say('chosen', { text: sentenceOf(solution) }),
      [
        plan.path === undefined ? undefined : say('written', { file: plan.path }),
        plan.id === undefined ? undefined : say('issue', { id: plan.id }),
      ]
        .filter((part) => part !== undefined)
        .join(' '),
    ],
    facts: [
      ...more.slice(0, 4).map(factOf),
      ...plan.bounds.slice(0, 3).map((text) => say('bound', { text: factOf(text) })),
      ...plan.risks.slice(0, 2).map((text) => say('risk', { text: factOf(text) })),
      ...tasks.slice(0, 3).map((task) => say('task', { title: nameOf(task) })),
    ],
    files: plan.path === undefined ? [] : [plan.path],
    rank: 8,
    at: plan.step,
  });
}

function observeGiven(story: Story, plan: Plan, say: Phrases): Candidate {
  const [goal] = plan.goal;
  return makeCandidate({
    type: 'decision',
    title: say('bounds', { title: shorten(plan.title, 90) }),
    paragraphs: [
      goal === undefined ? undefined : sentenceOf(goal),
      plan.id === undefined
        ? undefined
        : [say('issue', { id: plan.id }), ...doneIn(story, plan.id).map((id) => say('commit', { id }))].join(' '),
    ],
    facts: plan.bounds.slice(0, 7).map(factOf),
    files: mentionedFiles(story, [...plan.goal, ...plan.bounds].join(' ')).slice(0, 5),
    rank: 7,
    at: plan.step,
  });
}

/** The commits that name the issue, not one of its parts. */
function doneIn(story: Story, id: string): readonly string[] {
  return story.commits.filter((made) => made.subject.includes(`(${id})`)).flatMap((made) => made.id ?? []);
}

/** `ABC-12 Title`. */
export function nameOf(plan: Plan): string {
  return plan.id === undefined ? plan.title : `${plan.title} (${plan.id})`;
}

function contentOf(plan: Plan): number {
  return plan.goal.length + plan.solution.length + plan.bounds.length;
}
