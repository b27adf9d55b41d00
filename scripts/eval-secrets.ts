// Measures the redactor: how many leaks are removed wholly, how many harmless texts are touched, how fast it is, and on hostile inputs.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { redactAll } from '../src/system/redaction/redact-deep.ts';
import { createSecondLook } from '../src/system/redaction/second-look.ts';
import { silentLog } from '../src/system/log.ts';
import { HOSTILE_INPUTS } from './eval/hostile-inputs.ts';
import { corpora } from './eval/leaks/corpora.ts';
import { harmlessCorpus, leakCorpus } from './eval/secret-corpus.ts';
import type { HarmlessRow, LeakRow } from './eval/secret-corpus.ts';

const USAGE = 'npm run eval:secrets -- [folder with positives.jsonl and negatives.jsonl…] [--list]';
const RUN = 10;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const isListing = args.includes('--list');
  const folders = args.filter((argument) => !argument.startsWith('--'));
  console.log(
    '| corpus | leaks | removed wholly | touched at all | harmless | touched |\n|---|---:|---:|---:|---:|---:|',
  );
  for (const { name, leaks, harmless } of corpora()) report(name, leaks, harmless, isListing);
  for (const folder of folders) {
    const at = resolve(folder);
    if (!existsSync(join(at, 'positives.jsonl')) || !existsSync(join(at, 'negatives.jsonl'))) {
      process.stderr.write(`eval:secrets: ${folder} holds no positives.jsonl and negatives.jsonl\n  ${USAGE}\n`);
      process.exitCode = 2;
      return;
    }
    report(folder, readLeaks(join(at, 'positives.jsonl')), readHarmless(join(at, 'negatives.jsonl')), isListing);
  }
  reportSpeed();
  reportHostile();
  await reportSecondLook();
}

function report(name: string, leaks: readonly LeakRow[], harmless: readonly HarmlessRow[], isListing: boolean): void {
  const missed = leaks.filter((row) => leftOf(redactAll(row.text).text, row.secrets) !== undefined);
  const untouched = leaks.filter((row) => redactAll(row.text).text === row.text);
  const touched = harmless.filter((row) => redactAll(row.text).text !== row.text);
  const share = (part: number, whole: number): string =>
    `${part} (${((100 * part) / Math.max(1, whole)).toFixed(1)} %)`;
  console.log(
    `| ${name} | ${leaks.length} of ${new Set(leaks.map(({ kind }) => kind)).size} kinds | ${share(leaks.length - missed.length, leaks.length)} ` +
      `| ${share(leaks.length - untouched.length, leaks.length)} | ${harmless.length} | ${share(touched.length, harmless.length)} |`,
  );
  if (!isListing) return;
  for (const row of missed)
    console.log(`  left   ${row.kind} (${row.context}): ${JSON.stringify(redactAll(row.text).text).slice(0, 220)}`);
  for (const row of touched)
    console.log(`  cut    ${row.kind}: ${JSON.stringify(redactAll(row.text).text).slice(0, 220)}`);
}

/** A run of ten characters of a secret that is still there. */
function leftOf(text: string, secrets: readonly string[]): string | undefined {
  for (const secret of secrets) {
    const length = Math.min(RUN, secret.length);
    for (let at = 0; at + length <= secret.length; at++)
      if (text.includes(secret.slice(at, at + length))) return secret.slice(at, at + length);
  }
  return undefined;
}

interface FileRow {
  readonly kind: string;
  readonly context?: string;
  readonly parts?: readonly string[];
  readonly text?: string;
  readonly secrets?: readonly (string | readonly string[])[];
}

function readRows(file: string): FileRow[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FileRow);
}

function readLeaks(file: string): LeakRow[] {
  return readRows(file).map((row) => ({
    kind: row.kind,
    context: row.context ?? '',
    text: row.parts?.join('') ?? row.text ?? '',
    secrets: (row.secrets ?? []).map((secret) => (typeof secret === 'string' ? secret : secret.join(''))),
  }));
}

function readHarmless(file: string): HarmlessRow[] {
  return readRows(file).map((row) => ({ kind: row.kind, text: row.parts?.join('') ?? row.text ?? '' }));
}

/** Over what sessions read and write: this project's own sources and pages, and once more with a leak in each. */
function reportSpeed(): void {
  const texts = ownTexts();
  const leaks = leakCorpus();
  const leaking = texts.map((text, i) => `${text}\n${leaks[i % leaks.length]?.text ?? ''}\n`);
  console.log(`\nspeed: ${rate(texts)} over this project's files, ${rate(leaking)} with one leak in each`);
}

function ownTexts(): readonly string[] {
  return ['src', 'docs', 'test']
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(?:ts|tsx|md)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

function rate(texts: readonly string[]): string {
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  for (const text of texts.slice(0, 50)) redactAll(text);
  const started = process.cpuUsage();
  for (const text of texts) redactAll(text);
  const used = process.cpuUsage(started);
  return `${(bytes / (used.user + used.system)).toFixed(1)} MB/s (${(bytes / 1e6).toFixed(1)} MB)`;
}

function reportHostile(): void {
  const times = HOSTILE_INPUTS.map(({ name, make }) => {
    const text = make(1_000_000);
    const started = process.cpuUsage();
    redactAll(text);
    const used = process.cpuUsage(started);
    return { name, ms: (used.user + used.system) / 1000 };
  }).sort((a, b) => b.ms - a.ms);
  const [slowest] = times;
  console.log(
    `hostile: ${times.length} inputs of 1 MB, slowest ${slowest?.ms.toFixed(0) ?? '?'} ms (${slowest?.name ?? '?'})`,
  );
  for (const { name, ms } of times.slice(0, 5)) console.log(`  ${ms.toFixed(0).padStart(5)} ms  ${name}`);
}

/** What secretlint's rules, of which the worker and a publish make use, do alone and beside our own. */
async function reportSecondLook(): Promise<void> {
  const look = createSecondLook({ log: silentLog });
  const leaks = leakCorpus();
  const alone = await Promise.all(leaks.map(({ text }) => look.clean(text)));
  const harmless = await Promise.all(harmlessCorpus().map(async ({ text }) => (await look.clean(text)) !== text));
  const texts = ownTexts();
  const rest = texts.map((text) => redactAll(text).text);
  const bytes = rest.reduce((sum, text) => sum + text.length, 0);
  const started = process.cpuUsage();
  const found = await look.find(rest);
  const used = process.cpuUsage(started);
  let slowest = { name: '', ms: 0 };
  for (const { name, make } of HOSTILE_INPUTS) {
    const text = make(1_000_000);
    const from = process.cpuUsage();
    await look.find(text);
    const { user, system } = process.cpuUsage(from);
    if (user + system > slowest.ms * 1000) slowest = { name, ms: (user + system) / 1000 };
  }
  const whole = leaks.filter((row, i) => leftOf(alone[i] ?? '', row.secrets) === undefined).length;
  console.log(
    `\nsecretlint alone: ${whole} of ${leaks.length} made-up leaks removed wholly, ${harmless.filter(Boolean).length} of ${harmless.length} harmless texts touched; ` +
      `${(bytes / (used.user + used.system)).toFixed(1)} MB/s over what our own rules leave of this project's files (${found.length} more found); ` +
      `hostile inputs: slowest ${slowest.ms.toFixed(0)} ms (${slowest.name})`,
  );
}
