// Why a change is as it is: what its message, its issue and the closing reply say beside what was built.

import type { SessionState } from '../../model/draft.ts';
import { isAlike, likeness } from '../likeness.ts';
import { readSubject } from './commits.ts';
import type { CommitMade } from './commits.ts';
import { factOf } from './prose.ts';
import { capitalise, shorten, splitSentences, withoutStop } from './sentences.ts';
import { statesHabit } from './signals.ts';
import type { ChangeStep } from './steps.ts';
import { namesIn, tellsSymptom, topicOf } from './story.ts';
import type { Statement, Story } from './story.ts';

/** Besides the leading sentence the one that says most of why the change is as it is. */
export function reasonOf(
  story: Story,
  said: readonly Statement[],
  lead: Statement | undefined,
  subject: string,
): string | undefined {
  const inTurn = story.statements.filter((s) => s.turn === said[0]?.turn && s.from === 'reply');
  const taken = new Set(inTurn.filter(({ signals }) => signals.abandoned).map(({ block }) => block));
  return said
    .filter(
      (s) =>
        s !== lead &&
        !taken.has(s.block) &&
        !s.signals.rejected &&
        !s.signals.caveat &&
        s.signals.decision < 2 &&
        s.text.length > 40,
    )
    .map((s) => ({
      text: s.text,
      weight: likeness(s.text, subject) + (s.signals.cause > 0 ? 0.2 : 0) + (/: /.test(s.text) ? 0.1 : 0),
    }))
    .filter(({ weight }) => weight >= 0.1)
    .toSorted((a, b) => b.weight - a.weight)[0]?.text;
}

const SMALL = 25;
const BIG = 250;

/** What was built: small changes without a reason are for `git log`, big ones and those with a reason come first. */
export function rankOfBuilt(changes: readonly ChangeStep[], hasReason: boolean): number {
  const size = changes.reduce((sum, change) => sum + change.added + change.removed, 0);
  if (size >= BIG || hasReason) return 6;
  return size > 0 && size < SMALL ? 4 : 5;
}

/** `Add x. and never y` asks for the first; what follows is told elsewhere. */
export function firstClause(text: string): string {
  const [first = text] = text.split(/[.;]\s+/);
  return first.length >= 12 ? first : text;
}

/** What the reply says of the fix in figures and names, beside what is told already. */
export function outcomes(said: readonly Statement[], told: readonly (string | undefined)[]): readonly string[] {
  return said
    .filter(
      ({ text, signals }) => !told.includes(text) && !signals.caveat && !signals.abandoned && signals.decision < 2,
    )
    .filter(({ text }) => text.length >= 30 && (/\d/.test(text) || namesIn(text).size > 0))
    .slice(0, 2)
    .map(({ text }) => factOf(text));
}

/** `OtelTraceHelpers` names the file `otel_trace_helpers.ex`. */
export function namesFile(text: string, changes: readonly ChangeStep[]): boolean {
  const plain = (value: string): string => value.toLowerCase().replace(/[^a-z0-9]/g, '');
  const said = plain(text);
  return changes.some(({ path }) => {
    const stem = plain(path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, ''));
    return stem.length >= 4 && said.includes(stem);
  });
}

/** What the issue that the commit names was for. */
export function purposeOf(story: Story, commit: CommitMade): string | undefined {
  const subject = readSubject(commit.subject).text;
  const plan = story.plans.find(
    ({ id, title }) => (id !== undefined && commit.subject.includes(`(${id})`)) || isAlike(title, subject),
  );
  const goal = plan?.goal[0];
  return goal === undefined || likeness(goal, commit.subject) > 0.6 ? undefined : shorten(goal, 200);
}

/** What the prompt says of how it has to be, and why: `keep the old class as a facade, the mobile team still calls it`. */
export function wishOf(ask: string | undefined): string | undefined {
  const found = splitSentences(ask ?? '')
    .flatMap(({ text }) =>
      text.split(
        /(?:^|[,;.]?\s+)(?:but|and|aber|und)\s+(?=(?:keep|make|leave|don't|only|without|never|always|lass|nur|ohne|nie)\b)/i,
      ),
    )
    .find(
      (text) =>
        text.length >= 30 &&
        text.length <= 160 &&
        !/[?？]$/.test(text) &&
        !statesHabit(text) &&
        /\b(?:still|because|so that|must|only|without|keep|otherwise|weil|damit|ohne|nur)\b/i.test(text),
    );
  return found === undefined ? undefined : capitalise(found);
}

/** Whether the message or the reply gives a reason or a bound, and not only a list of what is new. */
export function tellsWhy(commit: CommitMade, said: readonly Statement[]): boolean {
  return (
    commit.body.some((line) => REASON.test(line)) ||
    said.some(({ text, signals }) => signals.cause > 0 || REASON.test(text))
  );
}

const REASON =
  /\b(?:because|so that|since|instead of|rather than|without|never|must|only|unless|otherwise|graceful\w*|safe\w*|prevents?|avoids?|prefers?|fall(?:s|back)?|until)\b/i;

/** The statements of a message's body, those with a reason first; the others stand in the code. */
export function bodyFacts(commit: CommitMade, from: number, most: number): readonly string[] {
  const rest = commit.body.slice(from);
  const chosen = new Set([...rest.filter((line) => REASON.test(line)), ...rest].slice(0, most));
  return rest.filter((line) => chosen.has(line));
}

/** The first statement of a message's body as a sentence. */
export function firstBody(commit: CommitMade): string | undefined {
  const first = commit.body[0];
  return first === undefined ? undefined : `${withoutStop(shorten(first, 230))}.`.replace(/…\.$/, '…');
}

/** Why the bug was there: said in this turn, in a decision of this work, in a turn before, or known of the session. */
export function findCause(story: Story, state: SessionState, commit: CommitMade): string | undefined {
  const said = (turn: (index: number) => boolean): string | undefined =>
    story.statements.find((s) => turn(s.turn) && s.from === 'reply' && s.signals.cause === 2)?.text;
  return (
    said((turn) => turn === commit.turn) ??
    said((turn) => turn < commit.turn) ??
    story.decisions.find((decision) => decision.turn === commit.turn)?.statements[0] ??
    state.summary?.learned.findLast((line) => /cause|race|because/i.test(line))
  );
}

/** The symptom that the session set out from. */
export function problemOf(story: Story, state: SessionState, turn: number): string | undefined {
  const ask = story.asks.slice(0, turn + 1).findLast((text) => text !== undefined && tellsSymptom(text));
  return ask === undefined ? state.summary?.title : shorten(topicOf(ask), 118);
}
