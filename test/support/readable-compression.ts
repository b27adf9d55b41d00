// A session's compression as a page that a person can read: what golden files hold.

import type { Compression, ObservationDraft, SessionState, SummaryDraft } from '../../src/model/draft.ts';
import type { Compressor } from '../../src/model/ports.ts';
import type { Batch } from '../../src/model/turn.ts';

/** Compresses the batches one after the other, as the worker does: each with what is known by then. */
export async function compressSession(
  compressor: Compressor,
  batches: readonly Batch[],
): Promise<readonly Compression[]> {
  const compressions: Compression[] = [];
  let state: SessionState = { known: [] };
  for (const batch of batches) {
    const compression = await compressor.compress(batch, state);
    compressions.push(compression);
    const summary = compression.summary ?? state.summary;
    state = {
      ...(summary === undefined ? {} : { summary }),
      known: [
        ...state.known,
        ...compression.observations.map(({ type, title, narrative, facts }, index) => ({
          id: `m${state.known.length + index}`.padEnd(12, '0'),
          type,
          title,
          gist: [narrative, ...facts].join('\n').slice(0, 1500),
        })),
      ],
    };
  }
  return compressions;
}

export function renderCompressions(compressions: readonly Compression[]): string {
  const observations = compressions.flatMap((compression, index) =>
    compression.observations.map((draft) => `<!-- batch ${index + 1} -->\n${renderObservation(draft)}`),
  );
  const summary = compressions.findLast((compression) => compression.summary !== undefined)?.summary;
  return [...observations, ...(summary === undefined ? [] : [renderSummary(summary)])].join('\n\n---\n\n') + '\n';
}

/** An observation as its memory will read. */
export function renderObservation(draft: ObservationDraft): string {
  const lines = [
    `# ${draft.title}`,
    `${draft.type} · ${draft.files.join(', ') || 'no file'} · ${draft.tags.join(', ')}`,
    '',
  ];
  if (draft.narrative !== '') lines.push(draft.narrative, '');
  if (draft.facts.length > 0) lines.push('## Facts', '', ...draft.facts.map((fact) => `- ${fact}`));
  return lines.join('\n').trimEnd();
}

export function renderSummary(summary: SummaryDraft): string {
  const part = (heading: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`## ${heading}`, '', ...lines.map((line) => `- ${line}`), ''];
  return [
    `# ${summary.title}`,
    'summary',
    '',
    ...part('Request', summary.request),
    ...part('Investigated', summary.investigated),
    ...part('Learned', summary.learned),
    ...part('Completed', summary.completed),
    ...part('Next steps', summary.nextSteps),
  ]
    .join('\n')
    .trimEnd();
}
