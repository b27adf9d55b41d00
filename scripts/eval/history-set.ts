// A set of questions out of a development history: commits as memories, and questions that nobody made up for it. Pure.

import type { LoggedCommit } from './git-log.ts';
import type { Issue } from './issue-file.ts';
import type { EvalDocument, EvalGroup, EvalQuestion } from './set-file.ts';

export interface HistoryInput {
  /** What the groups are called: the project's name. */
  readonly name: string;
  /** Oldest first. */
  readonly commits: readonly LoggedCommit[];
  readonly issues: readonly Issue[];
}

/**
 * Two groups over the same documents, each only with questions: titles of tests (right is the commit that first added a test of
 * that title) and titles of issues (right are the commits that name the issue's number).
 */
export function makeHistorySet({ name, commits, issues }: HistoryInput): readonly EvalGroup[] {
  const docs = commits.map((commit) => toDocument(commit));
  return [
    { name: `${name} tests`, docs, queries: askTestTitles(commits) },
    { name: `${name} issues`, docs, queries: askIssueTitles(commits, issues) },
  ].filter(({ queries }) => queries.length > 0);
}

function toDocument(commit: LoggedCommit): EvalDocument {
  const facts = [
    ...commit.files.slice(0, MAX_FILES).map((file) => `- \`${file}\``),
    ...(commit.names.length === 0
      ? []
      : [
          `- Changed ${commit.names
            .slice(0, MAX_NAMES)
            .map((name) => `\`${name}\``)
            .join(', ')}`,
        ]),
  ];
  return {
    id: documentId(commit),
    title: withoutNumbers(commit.subject),
    narrative: withoutNumbers(commit.body),
    facts: facts.join('\n'),
  };
}

const MAX_FILES = 20;
const MAX_NAMES = 20;

function documentId(commit: LoggedCommit): string {
  return commit.hash.slice(0, 12);
}

/** At most a few titles a commit, evenly taken, so that no large commit is most of the set. */
function askTestTitles(commits: readonly LoggedCommit[]): readonly EvalQuestion[] {
  const seen = new Set<string>();
  return commits.flatMap((commit) => {
    const fresh = [...new Set(commit.testTitles)].filter((title) => !seen.has(title));
    for (const title of fresh) seen.add(title);
    const step = Math.max(1, fresh.length / MAX_TITLES);
    return fresh
      .filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step))
      .map((title) => ({ q: title, rel: [documentId(commit)] }));
  });
}

const MAX_TITLES = 5;

function askIssueTitles(commits: readonly LoggedCommit[], issues: readonly Issue[]): readonly EvalQuestion[] {
  const named = new Map<number, string[]>();
  for (const commit of commits)
    for (const number of issueNumbers(`${commit.subject}\n${commit.body}`))
      named.set(number, [...(named.get(number) ?? []), documentId(commit)]);
  return issues.flatMap(({ number, title }) => {
    const rel = named.get(number) ?? [];
    const q = withoutNumbers(title);
    return rel.length === 0 || q === '' ? [] : [{ q, rel }];
  });
}

function issueNumbers(message: string): ReadonlySet<number> {
  return new Set([...message.matchAll(REFERENCE)].map(({ groups }) => Number(groups?.['number'])));
}

/** The text without references: a number would be found by itself. */
function withoutNumbers(text: string): string {
  return text
    .replaceAll(CLOSING, '')
    .replaceAll(REFERENCE, '')
    .replaceAll(/\(\s*\)|\[\s*\]/g, '')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ +$/gm, '')
    .trim();
}

const REFERENCE = /(?<![\w&])(?:#|GH-|https?:\/\/\S+\/(?:issues|pull)\/)(?<number>\d{1,7})\b/gi;
/** `Fixes #12, #13`, `(closes GH-7)`. */
const CLOSING =
  /(?:\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see)\b:?\s+)(?:(?:#|GH-|https?:\/\/\S+\/(?:issues|pull)\/)\d{1,7}\b(?:\s*(?:,|and)\s*)?)+/gi;
