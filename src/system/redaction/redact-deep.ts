// Cuts private spans and secrets from every text of a JSON value: leaves and keys.

import { cutPrivate, mayHoldTag } from './private-spans.ts';
import type { HearPrivate } from './private-spans.ts';
import { redactText, secretField } from './redact.ts';
import type { Redaction } from './redact.ts';
import { marker } from './rule.ts';

/** A text without private spans and secrets; private spans count as kind `private`. */
export function redactAll(text: string, hear?: HearPrivate): Redaction {
  const cut = cutPrivate(text, hear);
  const redaction = redactText(cut.text);
  return cut.spans === 0 ? redaction : { text: redaction.text, counts: { ...redaction.counts, private: cut.spans } };
}

export interface DeepRedaction {
  readonly value: unknown;
  readonly counts: Readonly<Record<string, number>>;
}

/** The same JSON value with `redactAll` done to every string and key; a field named like a secret loses its value. */
export function redactDeep(value: unknown): DeepRedaction {
  const counts: Record<string, number> = {};
  return { value: walk(value, counts, 0), counts };
}

const MAX_DEPTH = 40;

function walk(value: unknown, counts: Record<string, number>, depth: number): unknown {
  if (typeof value === 'string') return clean(value, counts);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[dropped: nested too deep]';
  if (Array.isArray(value)) return cutBetween(value, counts).map((item) => walk(item, counts, depth + 1));
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const kind = typeof item === 'string' && item.length <= 4096 ? secretField(key, item) : undefined;
    if (kind !== undefined) add(counts, { [kind]: 1 });
    Object.defineProperty(result, clean(key, counts), {
      value: kind === undefined ? walk(item, counts, depth + 1) : marker(kind),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

const MARK = '\u0001mark\u0001';

/** The items of a list without those that stand within a private span which begins in one item and ends in a later one. */
function cutBetween(items: readonly unknown[], counts: Record<string, number>): readonly unknown[] {
  const texts = items.map(textOf);
  if (!texts.some((text) => text !== undefined && mayHoldTag(text))) return items;
  const result = [...items];
  let open: number | undefined;
  for (const [at, text] of texts.entries()) {
    if (text === undefined) continue;
    if (open !== undefined && !cutPrivate(MARK + text).text.includes(MARK)) {
      for (let inside = open + 1; inside < at; inside++)
        if (texts[inside] !== undefined) {
          result[inside] = typeof items[inside] === 'string' ? '' : { text: '' };
          add(counts, { private: 1 });
        }
      open = undefined;
    }
    if (open === undefined && !cutPrivate(text + MARK).text.includes(MARK)) open = at;
  }
  return result;
}

/** A text, or that of a block of content; undefined for all else. */
function textOf(item: unknown): string | undefined {
  if (typeof item === 'string') return item;
  if (typeof item !== 'object' || item === null || !('text' in item)) return undefined;
  return typeof item.text === 'string' ? item.text : undefined;
}

function clean(text: string, counts: Record<string, number>): string {
  const redaction = redactAll(text);
  add(counts, redaction.counts);
  return redaction.text;
}

function add(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [kind, count] of Object.entries(more)) counts[kind] = (counts[kind] ?? 0) + count;
}
