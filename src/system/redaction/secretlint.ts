// The rules of secretlint, run over one text. Loaded late: by the worker and by whatever publishes, when there is something to look at.

import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { FoundSecret } from './found-secret.ts';

/**
 * Left out: what lets a captured text switch the rules off by a comment, what marks a whole address or a whole file where our own
 * rules cut the password or the key alone.
 */
const LEFT_OUT = ['filter-comments', 'basicauth', 'database-connection-string', 'gcp'];
const NAME = /^@secretlint\/secretlint-rule-/;

const config = {
  rules: rules
    .map((rule) => ({ id: rule.meta.id, rule, options: {} }))
    .filter(({ id }) => !LEFT_OUT.includes(id.replace(NAME, ''))),
};

// It keeps a mark for each rule and each text for ever, which a process that lives for days cannot afford.
secretLintProfiler.mark = () => undefined;

/** The secrets that stand in the text, in order. Throws when a rule does. */
export async function scanWithSecretlint(text: string): Promise<readonly FoundSecret[]> {
  const source = { content: text, filePath: 'text', ext: '', contentType: 'text' } as const;
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
  return messages.map(({ range, data, ruleId }) => ({
    text: secretIn(text, range, data),
    kind: ruleId.replace(NAME, ''),
  }));
}

/** Some rules tell the place of the name together with the length of the value: what they say the secret is goes before. */
function secretIn(text: string, [start, end]: readonly [number, number], data: unknown): string {
  const marked = text.slice(start, end);
  const said = Object.values(data ?? {}).filter((value): value is string => typeof value === 'string');
  if (said.includes(marked)) return marked;
  return said.find((value) => value.length >= end - start && text.includes(value)) ?? marked;
}
