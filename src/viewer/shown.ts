// The border between vault and page: secrets cut, controls and invisible characters dropped, before anything is rendered.

import type { FoundMemories, MemoryRow, SearchHit } from '../model/search.ts';
import type { Receipt } from '../model/receipt.ts';
import type { VaultStatus } from '../model/status.ts';
import { cleanLine, cleanText } from '../system/clean-text.ts';
import { redactText } from '../system/redaction/redact.ts';
import type { LiveEvent } from '../model/viewer-source.ts';

export type ShownMemory = FoundMemories['memories'][number];

const MAX_LINE = 500;

/** Text of several lines. */
function shownText(text: string): string {
  return cleanText(redactText(text).text);
}

/** Text of one line, at most 500 characters. */
function shownLine(text: string): string {
  return cleanLine(redactText(text).text, MAX_LINE);
}

export function shownRow<Row extends MemoryRow | SearchHit>(row: Row): Row {
  return {
    ...row,
    title: shownLine(row.title),
    files: row.files.map(shownLine),
    tags: row.tags.map(shownLine),
    path: shownLine(row.path),
    ...lineIfGiven('branch', row.branch),
    ...lineIfGiven('commit', row.commit),
    ...lineIfGiven('session', row.session),
    ...lineIfGiven('author', row.author),
    ...('snippet' in row ? { snippet: shownLine(row.snippet) } : {}),
  };
}

export function shownMemory(memory: ShownMemory): ShownMemory {
  return {
    ...memory,
    title: shownLine(memory.title),
    files: memory.files.map((file) => ({
      path: shownLine(file.path),
      ...(file.blob === undefined ? {} : { blob: shownLine(file.blob) }),
    })),
    tags: memory.tags.map(shownLine),
    path: shownLine(memory.path),
    body: shownText(memory.body),
    ...lineIfGiven('branch', memory.branch),
    ...lineIfGiven('commit', memory.commit),
    ...lineIfGiven('session', memory.session),
    ...lineIfGiven('author', memory.author),
  };
}

export function shownReceipt(receipt: Receipt): Receipt {
  return {
    ...receipt,
    root: shownLine(receipt.root),
    ...lineIfGiven('file', receipt.file),
    ...lineIfGiven('agent', receipt.agent),
    items: receipt.items.map((item) => ({ ...item, title: shownLine(item.title), rule: shownLine(item.rule) })),
    cut: receipt.cut.map((cut) => ({ ...cut, title: shownLine(cut.title) })),
  };
}

export function shownEvent(event: LiveEvent): LiveEvent {
  return { ...event, title: shownLine(event.title) };
}

export function shownStatus(status: VaultStatus): VaultStatus {
  return {
    ...status,
    diagnostics: status.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      path: shownLine(diagnostic.path),
      message: shownLine(diagnostic.message),
    })),
  };
}

function lineIfGiven<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  const given: Partial<Record<Key, string>> = {};
  if (value !== undefined) given[key] = shownLine(value);
  return given;
}
