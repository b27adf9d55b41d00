// Numbers with their noun.

/** `1 memory`, `2 memories`; the plural is the noun with an `s` when none is given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
