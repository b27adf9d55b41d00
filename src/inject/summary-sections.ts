// A summary's body as the points under its headings. Pure.

export interface SummarySections {
  readonly request: readonly string[];
  readonly investigated: readonly string[];
  readonly learned: readonly string[];
  readonly completed: readonly string[];
  readonly nextSteps: readonly string[];
  /** Text that stands under none of the five headings. */
  readonly other: readonly string[];
}

/** The points of each section: items of a list, or paragraphs; wrapped lines joined. */
export function readSections(body: string): SummarySections {
  const sections: Record<keyof SummarySections, string[]> = {
    request: [],
    investigated: [],
    learned: [],
    completed: [],
    nextSteps: [],
    other: [],
  };
  let name: keyof SummarySections = 'other';
  let isOpen = false;
  for (const line of body.split(/\r?\n/)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    const item = /^\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+(.*)$/.exec(line)?.[1];
    const points = sections[name];
    if (heading !== undefined) {
      name = HEADINGS.get(heading.toLowerCase()) ?? 'other';
      isOpen = false;
    } else if (line.trim() === '') isOpen = false;
    else if (item !== undefined || !isOpen) {
      points.push((item ?? line).trim());
      isOpen = true;
    } else points.push(`${points.pop() ?? ''} ${line.trim()}`);
  }
  return sections;
}

const HEADINGS: ReadonlyMap<string, keyof SummarySections> = new Map([
  ['request', 'request'],
  ['investigated', 'investigated'],
  ['learned', 'learned'],
  ['completed', 'completed'],
  ['next steps', 'nextSteps'],
]);
