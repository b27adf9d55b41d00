// Values of Kubernetes Secrets, in YAML and in JSON: known by the document that they stand in.

import type { Find } from './rule.ts';
import { isPlaceholder } from './values.ts';

/** Finds values below `data:` of a Kubernetes Secret, in YAML and in JSON. */
export function findKubernetesSecrets(text: string, lower: string, find: Find): void {
  if (!/kind\\?["']?: ?\\?["']?secret(?:list)?\b/.test(lower)) return;
  findInJson(text, find);
  let inData = false;
  let start = 0;
  while (start < text.length) {
    const lineBreak = text.indexOf('\n', start);
    const end = lineBreak === -1 ? text.length : lineBreak;
    const line = text.slice(start, Math.min(end, start + 9000));
    if (/^\s*(?:data|stringData)\s*:\s*$/.test(line)) inData = true;
    else if (inData) {
      const entry = /^(\s{1,40}["']?[\w.-]{1,253}["']?\s{0,9}:\s{0,9}["']?)([^\s"'#|>{[][^\s"']{3,8000})/.exec(line);
      if (entry === null) {
        if (/^\S/.test(line)) inData = false;
      } else {
        const [whole, head = '', value = ''] = entry;
        if (!isPlaceholder(value)) find(start + head.length, start + whole.length, 'kubernetes-secret');
      }
    }
    start = end + 1;
  }
}

function findInJson(text: string, find: Find): void {
  const opener = /"(?:data|stringData)"\s{0,9}:\s{0,9}\{/g;
  for (let open = opener.exec(text); open !== null; open = opener.exec(text)) {
    const close = text.indexOf('}', opener.lastIndex);
    const end = Math.min(close === -1 ? text.length : close, opener.lastIndex + 64_000);
    const entry = /"[\w.-]{1,253}"\s{0,9}:\s{0,9}"([^"\\]{4,8000})/g;
    const body = text.slice(opener.lastIndex, end);
    for (const match of body.matchAll(entry)) {
      const value = match[1] ?? '';
      const at = opener.lastIndex + match.index + match[0].length;
      if (!isPlaceholder(value)) find(at - value.length, at, 'kubernetes-secret');
    }
    opener.lastIndex = end;
  }
}
