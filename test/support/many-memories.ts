// Memories to embed, all different, some with several chunks.

import type { MemoryText } from '../../src/index/memory-texts.ts';
import type { MemoryTexts } from '../../src/index/vectors/embed-missing.ts';

export function manyMemories(count: number): MemoryTexts {
  const textOf = (id: string): MemoryText => ({
    id,
    fingerprint: `of ${id}`,
    title: `Memory ${id}`,
    body: `Paragraph of ${id}. `.repeat(id.endsWith('7') ? 120 : 5),
  });
  const ids = Array.from({ length: count }, (_, at) => `m${at}`);
  return { fingerprints: () => ids.map(textOf), texts: (wanted) => wanted.map(textOf) };
}
