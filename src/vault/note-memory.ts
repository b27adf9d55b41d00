// A note: a memory that somebody wrote on purpose. Pure.

import { MemvaultError } from '../model/errors.ts';
import type { FileReference, Memory, MemoryId } from '../model/memory.ts';
import type { NoteInput } from '../model/ports.ts';
import { cleanLine, cleanText, cutText } from '../system/clean-text.ts';
import { cutPrivate } from '../system/redaction/private-spans.ts';
import { redactText } from '../system/redaction/redact.ts';

export interface NoteContext {
  readonly id: MemoryId;
  /** UTC, to the second. */
  readonly created: string;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
  /** Blob id of a file as it is now; undefined for what is no file of the project. */
  blobOf(path: string): string | undefined;
}

const MAX_TITLE = 120;
const MAX_TEXT = 8000;
const MAX_TAGS = 12;
const MAX_FILES = 50;

/** The note, cleaned and without secrets. Throws `invalid_input` when nothing is left of title and text. */
export function noteMemory(note: NoteInput, context: NoteContext): Memory {
  const text = cutText(safeText(note.text).trim(), MAX_TEXT);
  const title = cleanLine(safeText(note.title), MAX_TITLE) || cleanLine(text.split('\n')[0] ?? '', MAX_TITLE);
  if (title === '')
    throw new MemvaultError('invalid_input', 'a note needs a title or a text, and nothing is left of both', {
      hint: 'Private spans, secrets and invisible characters are cut: say it without them.',
    });
  return {
    ...withoutText(context),
    kind: 'note',
    title,
    files: note.files.slice(0, MAX_FILES).map((path) => referenceOf(path, context)),
    tags: [...new Set(note.tags.map((tag) => cleanLine(safeText(tag), 40)).filter((tag) => tag !== ''))].slice(
      0,
      MAX_TAGS,
    ),
    supersedes: note.supersedes,
    body: text === '' ? '' : `${text}\n`,
  };
}

function withoutText({ id, created, branch, commit }: Pick<NoteContext, 'id' | 'created' | 'branch' | 'commit'>) {
  return {
    id,
    created,
    ...(branch === undefined ? {} : { branch }),
    ...(commit === undefined ? {} : { commit }),
    deletes: [],
  };
}

function referenceOf(given: string, context: NoteContext): FileReference {
  const path = cleanLine(given.replaceAll('\\', '/').replace(/^(?:\.\/)+/, ''), 300);
  const blob = context.blobOf(path);
  return blob === undefined ? { path } : { path, blob };
}

function safeText(text: string): string {
  return redactText(cutPrivate(cleanText(text)).text).text;
}
