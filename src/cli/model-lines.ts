// The lines that `memvault model` shows of models: what there is, what is installed, how far the vectors are.

import type { EmbeddingStatus } from '../model/status.ts';
import { cleanLine } from '../system/clean-text.ts';
import { CATALOGUE, downloadBytes, findInCatalogue } from '../index/embed/catalogue.ts';
import type { CatalogueEntry } from '../index/embed/catalogue.ts';
import { megabytes } from '../index/embed/install-model.ts';
import { installedBytes, modelId } from '../index/embed/installed.ts';
import type { ModelManifest } from '../index/embed/installed.ts';

export interface ModelRow {
  readonly name: string;
  readonly kind: string;
  readonly languages: string;
  readonly summary: string;
  /** To download, or on disk. */
  readonly bytes: number;
  readonly installed: boolean;
}

/** The catalogue, then what was installed under other names. */
export function modelRows(installed: readonly ModelManifest[]): readonly ModelRow[] {
  const isKnown = (model: ModelManifest): boolean => findInCatalogue(model.name) !== undefined;
  return [
    ...CATALOGUE.map((entry) => ({ ...rowOf(entry), installed: installed.some(({ name }) => name === entry.name) })),
    ...installed.filter((model) => !isKnown(model)).map((model) => ({ ...rowOfInstalled(model), installed: true })),
  ];
}

export function modelLines(rows: readonly ModelRow[], inUse: string): readonly string[] {
  return rows.flatMap((row) => [
    `${row.name.padEnd(26)} ${row.kind.padEnd(12)} ${row.languages.padEnd(14)} ${megabytes(row.bytes).padStart(7)}  ${stateOf(row, inUse)}`.trimEnd(),
    ...(row.summary === '' ? [] : [`  ${row.summary}`]),
  ]);
}

export function describeInstalled(name: string, model: ModelManifest | undefined): string {
  if (model === undefined) return `no: run \`memvault model install ${name}\``;
  return `${modelId(model)}, ${model.kind}, ${megabytes(installedBytes(model))}, from ${cleanLine(model.source)}`;
}

export function describeProgress({ memories, embedded }: EmbeddingStatus): string {
  if (memories === 0) return 'none yet';
  const left = memories - embedded;
  return `${embedded} of ${memories} embedded${left === 0 ? '' : `, ${left} to go; a search finds those by their words`}`;
}

export function describeWorker(port: number | undefined, hasPage: boolean): string {
  if (port === undefined) return 'not running: searches go by words until it does (`memvault worker start`)';
  if (port === 0)
    return `running without its page${hasPage ? '' : ' (the setting viewer is off)'}: nobody can ask it for vectors, so searches go by words`;
  return 'running';
}

function rowOf(entry: CatalogueEntry) {
  const { name, kind, languages, dimensions, licence, summary } = entry;
  return { name, kind, languages, dimensions, licence, summary, bytes: downloadBytes(entry) };
}

function rowOfInstalled(model: ModelManifest) {
  const summary = `From ${cleanLine(model.source)}.`;
  return { name: model.name, kind: model.kind, languages: '', summary, bytes: installedBytes(model) };
}

function stateOf(row: { readonly name: string; readonly installed: boolean }, inUse: string): string {
  if (row.name === inUse) return row.installed ? 'in use' : 'in use, not installed';
  return row.installed ? 'installed' : '';
}
