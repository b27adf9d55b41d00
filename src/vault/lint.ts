// Checks a vault as a reviewer's machine should: format, secrets, links between memories, files that are not there any more.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { FileReference } from '../model/memory.ts';
import type { FileState } from '../model/provenance.ts';
import { redactText } from '../system/redaction/redact.ts';
import type { SecondLook } from '../system/redaction/second-look.ts';
import { diagnoseVault } from './diagnose.ts';
import { idOf } from './file-name.ts';
import { parseMemoryFile } from './memory-file.ts';
import { listVaultFiles, readVaultFile } from './store.ts';

export interface LintParts {
  /** Asked for secrets after our own rules. */
  readonly secondLook: Pick<SecondLook, 'find'>;
  /** Tells how referenced files stand; without it none is looked at. */
  readonly compare?: (references: readonly FileReference[]) => Promise<readonly FileState[]>;
}

/** Every fault of the files below a vault. */
export async function lintVault(vaultDir: string, { secondLook, compare }: LintParts): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [...diagnoseVault(vaultDir).diagnostics];
  const references: { path: string; file: FileReference }[] = [];
  const replaced = new Set<string>();
  const checked = new Set<string>();
  const texts: { path: string; text: string }[] = [];
  for (const { path } of listVaultFiles(vaultDir)) {
    const read = readVaultFile(vaultDir, path, checked);
    if (!read.ok) continue;
    const text = Buffer.from(read.bytes).toString('utf8');
    texts.push({ path, text });
    const parsed = parseMemoryFile(path, text);
    if (!parsed.ok) continue;
    for (const id of [...parsed.memory.supersedes, ...parsed.memory.deletes]) replaced.add(id);
    for (const file of parsed.memory.files) references.push({ path, file });
  }
  const found = await secondLook.find(texts.map(({ text }) => text));
  for (const { path, text } of texts) {
    const kinds = new Set(Object.keys(redactText(text).counts));
    for (const secret of found) if (text.includes(secret.text)) kinds.add(secret.kind);
    if (kinds.size > 0) diagnostics.push(secretIn(path, [...kinds]));
  }
  const living = references.filter(({ path }) => !replaced.has(idOf(path) ?? ''));
  const states = compare === undefined ? [] : await compare(living.map(({ file }) => file));
  for (const [i, state] of states.entries()) {
    const dead = deadReference(living[i]?.path ?? '', state);
    if (dead !== undefined) diagnostics.push(dead);
  }
  return diagnostics.sort((one, other) => (one.path === other.path ? 0 : one.path < other.path ? -1 : 1));
}

function secretIn(path: string, kinds: readonly string[]): Diagnostic {
  return {
    path,
    rule: 'secret-found',
    severity: 'error',
    message: `looks as if it held a secret: ${kinds.join(', ')}`,
    mend: 'Change the secret, then `memvault purge` the memory.',
  };
}

function deadReference(path: string, { path: file, state, movedTo }: FileState): Diagnostic | undefined {
  if (state === 'deleted')
    return { path, rule: 'reference-dead', severity: 'warning', message: `${file} is not there any more` };
  if (movedTo !== undefined)
    return { path, rule: 'reference-moved', severity: 'warning', message: `${file} is ${movedTo} now` };
  return undefined;
}
