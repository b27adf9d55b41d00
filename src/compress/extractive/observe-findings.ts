// Observations of what was learned: causes, decisions, rules, pitfalls, gaps, answers to questions.

import type { SessionState } from '../../model/draft.ts';
import { likeness } from '../likeness.ts';
import { changedFiles, makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { DecisionDocument } from './documents.ts';
import { isTestPath, mends, withoutCauseWords } from './observe-changes.ts';
import { listNames } from './phrases.ts';
import type { Phrases } from './phrases.ts';
import { breakRun, capitalise, shorten, withoutStop } from './sentences.ts';
import { asksToRemember } from './signals.ts';
import { splitSentences } from './sentences.ts';
import type { ChangeStep } from './steps.ts';
import { namesIn, tellsSymptom, topicOf } from './story.ts';
import type { Statement, Story } from './story.ts';

/** All candidates that are no change of code. */
export function observeFindings(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return [
    ...story.asks.flatMap((_, turn) => observeCause(story, turn, say) ?? observeAnswer(story, turn) ?? []),
    ...story.decisions.map((decision) => observeDecisionDocument(story, decision, say)),
    ...observeSaidDecisions(story, say),
    ...observeRules(story, say),
    ...observeAttempts(story, say),
    ...observeGaps(story),
    ...observeSolutions(story, say),
    ...observePitfalls(story, state, say),
  ];
}

/** A turn that found why something happens and changed no code for it. */
function observeCause(story: Story, turn: number, say: Phrases): Candidate | undefined {
  if (story.commits.some((commit) => commit.turn === turn && !isNoteCommit(story, commit.step))) return undefined;
  const said = story.statements.filter((statement) => statement.turn === turn && statement.from === 'reply');
  const causes = said.filter(({ signals }) => signals.cause > 0);
  const ask = story.asks[turn];
  const strength = causes.reduce((sum, { signals }) => sum + signals.cause, 0);
  const main = causes.find(({ signals }) => signals.cause === 2) ?? causes[0];
  if (main === undefined || strength < 2 - (ask !== undefined && tellsSymptom(ask) ? 1 : 0)) return undefined;
  const others = said.filter((statement) => statement !== main && !signalsOnlyState(statement));
  const helped = story.statements.filter((statement) => statement.turn === turn && statement.from === 'subagent');
  const text = [...said, ...helped].map((statement) => statement.text).join(' ');
  const files = [...new Set([...filesOf(story, turn, text), ...lookedAt(story, turn)])].slice(0, 5);
  const failing = story.attempts.find((attempt) => attempt.turn === turn && attempt.passedAt === undefined);
  const answer = answerTo(ask, said[0]?.text);
  return makeCandidate({
    type: 'discovery',
    title: causeTitle(main.text, ask),
    paragraphs: [
      say('cause', { text: sentenceOf(withoutCauseWords(main.text)) }),
      others[0] === undefined ? undefined : say('detail', { text: sentenceOf(others[0].text) }),
      files.length === 0 ? undefined : say('looked', { files: listNames(files, 4, say) }),
    ],
    facts: [
      answer === undefined ? undefined : say('answer', answer),
      ...others.slice(1, 4).map((statement) => factOf(statement.text)),
      ...helped.slice(0, 2).map((statement) => factOf(statement.text)),
      failing === undefined ? undefined : say('failsNow', { name: failing.failures.at(-1)?.error ?? failing.command }),
    ],
    files,
    rank: 7,
    at: lastStepOf(story, turn),
  });
}

/** A question of the prompt and the short answer that the reply begins with. */
function answerTo(ask: string | undefined, first: string | undefined): { question: string; text: string } | undefined {
  const question = splitSentences(ask ?? '').find(({ text }) => /[?？]$/.test(text))?.text;
  if (question === undefined || first === undefined || first.length > 60) return undefined;
  return { question: shorten(question, 100), text: withoutStop(first) };
}

/** `<symptom>: <cause>`, as far as both fit. */
function causeTitle(cause: string, ask: string | undefined): string {
  const head = withoutStop(causeHead(cause));
  if (ask === undefined || !tellsSymptom(ask)) return shorten(withoutStop(cause), 118);
  const symptom = shorten(topicOf(ask).replace(/^(?:we|i) (?:see|get|got|have|notice[d]?|found)(?: that)? /i, ''), 82);
  return `${symptom}: ${shorten(head, Math.max(34, 116 - symptom.length))}`;
}

function causeHead(cause: string): string {
  const after =
    /\b(?:cause|reason|culprit|problem|bug|issue) (?:is|was)(?: that)? (.+)$/i.exec(cause)?.[1] ??
    /\b(?:because of|because|due to|turns out(?: that)?) (.+)$/i.exec(cause)?.[1] ??
    /, so (?:that )?(.{20,})$/i.exec(cause)?.[1];
  return (after ?? cause).split(/: |; /)[0] ?? cause;
}

function observeDecisionDocument(story: Story, decision: DecisionDocument, say: Phrases): Candidate {
  const commit = story.commits.find((made) => made.turn === decision.turn && made.step > decision.step);
  const key = decision.number === undefined ? 'Plain' : '';
  const name = decision.isOpen ? `openQuestion${key}` : `decision${key}`;
  const [first, ...rest] = decision.statements;
  const changes = story.steps.filter(
    (step): step is ChangeStep =>
      step.kind === 'change' && step.turn === decision.turn && step.path !== decision.path && !isTestPath(step.path),
  );
  // What was chosen stands behind what made it necessary: present tense after past tense.
  const chosen = rest.find(
    (sentence) =>
      /\b(?:keeps?|uses?|will|adds?|moves?|stores?|sends?|runs?)\b/.test(sentence) &&
      !/\b(?:was|were|had)\b/.test(sentence),
  );
  return makeCandidate({
    type: 'decision',
    title: say(name, { number: decision.number ?? '', title: decision.title }).replace(/\s+/g, ' '),
    paragraphs: [
      first === undefined ? undefined : sentenceOf(first),
      decision.isOpen
        ? say('stillOpen')
        : chosen === undefined
          ? undefined
          : say('chosen', { text: sentenceOf(chosen) }),
      [say('written', { file: decision.path }), commit?.id === undefined ? undefined : say('commit', { id: commit.id })]
        .filter((part) => part !== undefined)
        .join(' '),
    ],
    facts: [
      ...rest
        .filter((sentence) => sentence !== chosen)
        .slice(0, 4)
        .map(factOf),
      ...decision.rejected.map((text) => say('rejected', { text })),
      ...decision.options.map((text) => say('option', { text })),
    ],
    files: [decision.path, ...changedFiles(changes)],
    rank: chosen === undefined ? 8 : 9,
    at: decision.step,
  });
}

/** Decisions that a reply tells outright, where no document of the turn tells them already. */
function observeSaidDecisions(story: Story, say: Phrases): readonly Candidate[] {
  const said = story.statements.filter(
    ({ signals, from, turn, text }) =>
      from === 'reply' &&
      (signals.decision === 2 || signals.rejected) &&
      text.length >= 40 &&
      !story.decisions.some((decision) => decision.turn === turn),
  );
  const [main, ...others] = said;
  if (main === undefined) return [];
  const files = filesOf(story, main.turn, said.map(({ text }) => text).join(' '));
  return [
    makeCandidate({
      type: 'decision',
      title: shorten(main.text, 118),
      paragraphs: [
        sentenceOf(main.text),
        story.asks[main.turn] === undefined
          ? undefined
          : say('problem', { text: shorten(topicOf(story.asks[main.turn] ?? ''), 140) }),
      ],
      facts: others.slice(0, 4).map(({ text }) => factOf(text)),
      files,
      rank: 5,
      at: lastStepOf(story, main.turn),
    }),
  ];
}

/** Rules that were written into the repository's instructions, and those that the user only said. */
function observeRules(story: Story, say: Phrases): readonly Candidate[] {
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
    if (ask === undefined || !asksToRemember(ask)) return [];
    const rule = withoutStop(
      ask.replace(/^[^:.]{0,60}\b(?:remember|mind|time|note|now on)\b[^:.]{0,30}:\s*/i, '').split('\n')[0] ?? '',
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

/** A command that failed several times, each time for another reason, until it passed. */
function observeAttempts(story: Story, say: Phrases): readonly Candidate[] {
  return story.attempts.flatMap((attempt) => {
    const facts = mends(attempt, say);
    if (attempt.passedAt === undefined || facts.length < 2) return [];
    const files = attempt.failures.flatMap((failure) => changedFiles(failure.changes));
    const errors = [...new Set(attempt.failures.map((failure) => shorten(failure.error, 70)))];
    return [
      makeCandidate({
        type: 'gotcha',
        title: shorten(errors.join('; '), 118),
        paragraphs: [
          say('attempts', {
            command: attempt.command,
            count:
              attempt.failures.length === 1 ? say('once') : say('times', { count: String(attempt.failures.length) }),
          }),
        ],
        facts,
        files,
        rank: 5,
        at: attempt.passedAt,
      }),
    ];
  });
}

/** A check that still fails, with what the reply says of it: a missing setting, a broken deployment. */
function observeGaps(story: Story): readonly Candidate[] {
  return story.attempts.flatMap((attempt) => {
    const error = attempt.failures.at(-1)?.error;
    if (attempt.passedAt !== undefined || error === undefined) return [];
    const names = namesIn(error);
    const said = story.statements.filter(
      (statement) =>
        statement.turn === attempt.turn &&
        statement.from === 'reply' &&
        [...namesIn(statement.text)].some((name) => names.has(name)),
    );
    const [main, ...others] = said;
    if (main === undefined || hasCause(story, attempt.turn)) return [];
    const rest = story.statements.filter((s) => s.turn === attempt.turn && s.from === 'reply' && !said.includes(s));
    return [
      makeCandidate({
        type: 'gotcha',
        title: gapTitle(attempt.purpose, error),
        paragraphs: [sentenceOf(main.text)],
        facts: [...others, ...rest].slice(0, 5).map(({ text }) => factOf(text)),
        files: filesOf(story, attempt.turn, said.map(({ text }) => text).join(' ')),
        rank: 7,
        at: attempt.failures.at(-1)?.step ?? 0,
      }),
    ];
  });
}

/** What a reply tells outright of how an obstacle was overcome; a commit of the same turn that fixes it says more. */
function observeSolutions(story: Story, say: Phrases): readonly Candidate[] {
  return story.statements.flatMap((statement) => {
    const inTurn = story.commits.filter((commit) => commit.turn === statement.turn);
    if (!statement.signals.solved || statement.from !== 'reply' || statement.text.length < 50 || inTurn.length === 1)
      return [];
    const text = statement.text.replace(/^(?:the )?(?:key )?fix[^:]{0,40}:\s+/i, '');
    return [
      makeCandidate({
        type: 'gotcha',
        title: shorten(text, 118),
        paragraphs: [
          sentenceOf(text),
          ...inTurn.slice(-1).map((commit) => (commit.id === undefined ? undefined : say('commit', { id: commit.id }))),
        ],
        facts: [],
        files: mentionedFiles(story, text),
        rank: 5,
        at: lastStepOf(story, statement.turn),
      }),
    ];
  });
}

function gapTitle(purpose: string | undefined, error: string): string {
  const what = purpose?.replace(/^(?:run|execute|check|start|try)(?: the)?\s+/i, '').trim();
  if (
    what === undefined ||
    what === '' ||
    likeness(what, error) > 0 ||
    error.toLowerCase().startsWith(what.toLowerCase())
  )
    return capitalise(error);
  return `${capitalise(what)}: ${error}`;
}

/** The errors that a compaction summary tells, but for those that this session already noted. */
function observePitfalls(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return story.compactions.flatMap((notes) => {
    const known = state.known.map((memory) => memory.title).join(' | ');
    const fresh = notes.pitfalls
      .filter((pitfall) => !coversName(known, pitfall.name))
      .toSorted((a, b) => Number(a.solved) - Number(b.solved));
    if (fresh.length === 0) return [];
    const names = fresh.slice(0, 3).map((pitfall) => shorten(pitfall.name.replaceAll('`', ''), 60));
    const text = fresh.map((pitfall) => `${pitfall.name} ${pitfall.text}`).join(' ');
    return [
      makeCandidate({
        type: 'gotcha',
        title: say('pitfallsTitle', { names: names.join('; ') }),
        paragraphs: [say('pitfallsLead', { count: String(fresh.length) })],
        facts: fresh
          .slice(0, 7)
          .map(
            (pitfall) =>
              `${shorten(pitfall.name, 90)}${pitfall.solved ? '' : ` (${say('unsolvedThen')})`} → ${breakRun(shorten(withoutStop(pitfall.text), 190))}`,
          ),
        files: mentionedFiles(story, text),
        rank: 6,
        at: 0,
      }),
    ];
  });
}

/** A question that was answered by looking, where nothing was changed. */
function observeAnswer(story: Story, turn: number): Candidate | undefined {
  const ask = story.asks[turn];
  const inTurn = story.steps.filter((step) => step.turn === turn);
  const looked = inTurn.filter((step) => step.kind === 'look' || step.kind === 'command');
  if (ask === undefined || looked.length < 2 || inTurn.some((step) => step.kind === 'change')) return undefined;
  if (hasCause(story, turn) || story.commits.some((commit) => commit.turn === turn)) return undefined;
  if (story.attempts.some((attempt) => attempt.turn === turn && attempt.passedAt === undefined)) return undefined;
  const said = story.statements.filter((s) => s.turn === turn && s.text.length >= 30 && !s.signals.left);
  const isAsking = /[?？]/.test(ask) || tellsSymptom(ask);
  if (said.filter((statement) => statement.from === 'reply').length < (isAsking ? 2 : 4)) return undefined;
  const facts = said.slice(1, 6);
  return makeCandidate({
    type: 'discovery',
    title: shorten(topicOf(ask), 118),
    paragraphs: [sentenceOf(said[0]?.text ?? '')],
    facts: facts.map(({ text }) => factOf(text)),
    files: filesOf(story, turn, said.map(({ text }) => text).join(' ')),
    rank: 4,
    at: lastStepOf(story, turn),
  });
}

function hasCause(story: Story, turn: number): boolean {
  return story.statements.some((s) => s.turn === turn && s.from === 'reply' && s.signals.cause === 2);
}

/** `Nothing is fixed yet` says where one stands, nothing of why. */
function signalsOnlyState(statement: Statement): boolean {
  const { cause, decision, rule } = statement.signals;
  return statement.text.length < 40 && cause === 0 && decision === 0 && !rule;
}

/** A commit that holds notes only leaves the turn one without changes of code. */
function isNoteCommit(story: Story, step: number): boolean {
  const turn = story.steps[step]?.turn;
  const changes = story.steps.filter((s): s is ChangeStep => s.kind === 'change' && s.turn === turn);
  return changes.length > 0 && changes.every((change) => /\.(?:md|txt|adoc|rst)$/.test(change.path));
}

/** Files of the turn that the text names, and those that were changed. */
function filesOf(story: Story, turn: number, text: string): readonly string[] {
  const files = lookedAt(story, turn);
  const named = files.filter((file) => text.includes(file) || text.includes(baseName(file)) || namesSymbol(text, file));
  const printed = pathsIn(text).filter((path) =>
    story.steps.some((step) => step.turn === turn && step.kind === 'command' && step.output.includes(path)),
  );
  const changed = story.steps.flatMap((step) => (step.kind === 'change' && step.turn === turn ? [step.path] : []));
  return [...new Set([...named, ...printed, ...changed])].slice(0, 8);
}

function lookedAt(story: Story, turn: number): readonly string[] {
  return story.steps.flatMap((step) =>
    step.turn === turn && (step.kind === 'look' || step.kind === 'change') && step.path !== undefined
      ? [step.path]
      : [],
  );
}

function pathsIn(text: string): readonly string[] {
  return text.match(/(?<![\w/.])[\w.-]+(?:\/[\w.-]+)+\.[a-z]{1,5}\b/g) ?? [];
}

function mentionedFiles(story: Story, text: string): readonly string[] {
  const files = story.steps.flatMap((step) =>
    (step.kind === 'look' || step.kind === 'change') && step.path !== undefined ? [step.path] : [],
  );
  return [...new Set([...files.filter((file) => text.includes(baseName(file))), ...pathsIn(text)])].slice(0, 8);
}

function namesSymbol(text: string, file: string): boolean {
  const stem = baseName(file).replace(/\.[a-z]+$/i, '');
  return stem.length >= 4 && new RegExp(`\\b${stem.replace(/[^\w-]/g, '')}\\b`, 'i').test(text);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function lastStepOf(story: Story, turn: number): number {
  return story.steps.findLastIndex((step) => step.turn === turn) + 0.5;
}

function coversName(titles: string, name: string): boolean {
  const words = name.toLowerCase().match(/[\p{L}\p{N}_]{4,}/gu) ?? [];
  const hits = words.filter((word) => titles.toLowerCase().includes(word)).length;
  return words.length > 0 && hits / words.length >= 0.6;
}

function factOf(text: string): string {
  return breakRun(withoutStop(shorten(text, 220)));
}

function sentenceOf(text: string): string {
  return `${factOf(text)}.`.replace(/…\.$/, '…');
}
