// Reads the plain YAML that memvault itself writes, several times faster than a YAML parser; anything else is left to that.

import { isPlainText } from './yaml-scalar.ts';

/** Characters that the YAML parser refuses or treats in its own way. */
const UNUSUAL =
  /[^\n\u0020-\u007e\u00a1-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\uffef\u{10000}-\u{dffff}]/u;
const KEY = /^[a-z][a-z0-9_-]*$/;
const LIST_ITEM = '  - ';
const PATH_KEY = 'path: ';
const BLOB_KEY = '    blob: ';

/**
 * The keys of a block of `key: text` lines, lists of texts, and lists of `path` and `blob`; without prototype. Undefined when
 * anything else is in it. Where it answers, a YAML parser gives the same (a property test holds that).
 */
export function parseFlatYaml(raw: string): Record<string, unknown> | undefined {
  if (raw === '' || !raw.endsWith('\n') || UNUSUAL.test(raw)) return undefined;
  const lines = raw.split('\n');
  const end = lines.length - 1;
  const entries = new Map<string, unknown>();
  for (let at = 0; at < end;) {
    const line = lines[at++] ?? '';
    const colon = line.indexOf(':');
    const key = line.slice(0, colon);
    if (colon === -1 || !KEY.test(key) || !isPlainText(key) || entries.has(key)) return undefined;
    if (colon < line.length - 1) {
      const value = line.charCodeAt(colon + 1) === 32 ? readScalar(line.slice(colon + 2)) : undefined;
      if (value === undefined) return undefined;
      entries.set(key, value);
      continue;
    }
    const items: unknown[] = [];
    for (; at < end && lines[at]?.startsWith(LIST_ITEM) === true; at++) {
      const text = lines[at]?.slice(LIST_ITEM.length) ?? '';
      const next = lines[at + 1];
      const hasBlob = next !== undefined && next.startsWith(BLOB_KEY);
      const item = text.startsWith(PATH_KEY) ? readFile(text, hasBlob ? next : undefined) : readScalar(text);
      if (item === undefined) return undefined;
      if (hasBlob) {
        if (typeof item === 'string') return undefined;
        at++;
      }
      items.push(item);
    }
    if (items.length === 0) return undefined;
    entries.set(key, items);
  }
  const data: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) data[key] = value;
  return data;
}

function readFile(pathLine: string, blobLine: string | undefined): { path: string; blob?: string } | undefined {
  const path = readScalar(pathLine.slice(PATH_KEY.length));
  if (path === undefined || blobLine === undefined) return path === undefined ? undefined : { path };
  const blob = readScalar(blobLine.slice(BLOB_KEY.length));
  return blob === undefined ? undefined : { path, blob };
}

function readScalar(text: string): string | undefined {
  if (!text.startsWith('"')) return isPlainText(text) ? text : undefined;
  if (!text.endsWith('"') || text.length < 2) return undefined;
  // Without a backslash or a quote inside, the text is what it looks like.
  if (text.indexOf('"', 1) === text.length - 1 && !text.includes('\\')) return text.slice(1, -1);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
