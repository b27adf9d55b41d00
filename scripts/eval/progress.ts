// A line on the terminal that says how far a run has come.

/** Writes over the line before; an empty text takes it away. Does nothing where standard error is no terminal. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
}
