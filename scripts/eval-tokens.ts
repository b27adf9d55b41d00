// Measures the estimate of tokens against tokenizers that count them: on what a session is given, and on memories in several languages.

import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../src/model/errors.ts';
import { estimateTokens } from '../src/model/tokens.ts';
import { cleanText } from '../src/system/clean-text.ts';
import { readForeignSituations, runForeignSituations } from './eval/foreign-situations.ts';

const USAGE = 'npm run eval:tokens -- <folder with node_modules>';
const PACKAGES = ['@anthropic-ai/tokenizer', 'gpt-tokenizer'] as const;
const FIXTURES = join(import.meta.dirname, '../test');
const LEAST_LENGTH = 60;

const WIDE = [
  'リフレッシュトークンは二重に更新されることがあり、ユーザーごとのミューテックスで修正した。',
  '設定ファイルが壊れている場合は既定値を使い、警告を一行だけ表示する。',
  '金额以整数分存储，浮点数曾经导致每张发票少一分钱。',
  '如果缓存在部署之后重建，会话存储会丢失写入，因此必须先加锁再读取。',
];

/** The length of a text in tokens. */
type Count = (text: string) => number;

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const { code, message, hint } = toMemvaultError(thrown);
  process.stderr.write(cleanText(`eval:tokens: ${message}\n  ${hint}\n`));
  process.exitCode = ERROR_RULES[code].exit;
}

async function main([folder]: readonly string[]): Promise<void> {
  if (folder === undefined)
    throw new MemvaultError('invalid_input', 'expected a folder that holds the tokenizers', {
      hint: `npm install --prefix <folder> ${PACKAGES.join(' ')}; then ${USAGE}`,
    });
  const texts = await readTexts();
  console.log(
    '| texts | tokenizer | tokens | estimate | error in all | least | greatest |\n|---|---|---:|---:|---:|---:|---:|',
  );
  for (const [tokenizer, count] of Object.entries(await loadTokenizers(resolve(folder))))
    for (const [name, some] of Object.entries(texts)) console.log(renderRow(name, tokenizer, measure(some, count)));
}

function measure(texts: readonly string[], count: Count) {
  const pairs = texts.map((text) => ({ tokens: count(text), estimate: estimateTokens(text) }));
  const sum = (name: 'tokens' | 'estimate'): number => pairs.reduce((total, pair) => total + pair[name], 0);
  const errors = pairs.map(({ tokens, estimate }) => estimate / tokens - 1);
  return {
    tokens: sum('tokens'),
    estimate: sum('estimate'),
    error: sum('estimate') / sum('tokens') - 1,
    least: Math.min(...errors),
    greatest: Math.max(...errors),
  };
}

function renderRow(name: string, tokenizer: string, figures: ReturnType<typeof measure>): string {
  const percent = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} %`;
  const { tokens, estimate, error, least, greatest } = figures;
  return `| ${name} | ${tokenizer} | ${tokens} | ${estimate} | ${percent(error)} | ${percent(least)} | ${percent(greatest)} |`;
}

/** Neither is the one of today's Claude models, which nobody publishes: an old one of Claude, and one of today of another maker. */
async function loadTokenizers(folder: string): Promise<Readonly<Record<string, Count>>> {
  const require = createRequire(join(folder, 'package.json'));
  const load = async (name: string): Promise<Record<string, unknown>> => {
    try {
      return (await import(pathToFileURL(require.resolve(name)).href)) as Record<string, unknown>;
    } catch (cause) {
      throw new MemvaultError('unavailable', `there is no ${name} in ${folder}`, {
        hint: `npm install --prefix ${folder} ${PACKAGES.join(' ')}`,
        cause,
      });
    }
  };
  const counter = (module: Record<string, unknown>): Count => {
    const found = module['countTokens'];
    if (typeof found !== 'function')
      throw new MemvaultError('unavailable', 'the tokenizer has no countTokens', { hint: USAGE });
    return (text) => Number(found(text));
  };
  return {
    'Claude 2 (@anthropic-ai/tokenizer)': counter(await load('@anthropic-ai/tokenizer')),
    'o200k (gpt-tokenizer)': counter(await load('gpt-tokenizer')),
  };
}

async function readTexts(): Promise<Readonly<Record<string, readonly string[]>>> {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-eval-tokens-'));
  try {
    const foreign = readForeignSituations(join(FIXTURES, 'fixtures/foreign-situations'));
    const outcomes = await runForeignSituations(foreign, { folder, budgetTokens: 1500 });
    const golden = (isWanted: (name: string) => boolean): readonly string[] =>
      readdirSync(join(FIXTURES, 'golden/scenarios'))
        .filter((name) => name.endsWith('.md') && isWanted(name))
        .flatMap((name) => readFileSync(join(FIXTURES, 'golden/scenarios', name), 'utf8').split(/\n{2,}/))
        .filter((text) => text.length >= LEAST_LENGTH);
    return {
      'start blocks': outcomes.map(({ text }) => text).filter((text) => text !== ''),
      'memories, English': foreign.memories.map(({ title, body }) => `${title}\n\n${body}`),
      'passages of memories, English and frontmatter': golden((name) => !name.startsWith('german')),
      'passages of memories, German': golden((name) => name.startsWith('german')),
      'sentences, Japanese and Chinese': WIDE,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
