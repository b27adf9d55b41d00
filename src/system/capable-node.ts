// Which Node.js is new enough, and what such a one must not say. Loads nothing.

/** What `node:sqlite` without a flag asks for. */
export const NEEDED_NODE = '22.22';

/** Whether a version (`22.22.1`, with or without `v`) is at least NEEDED_NODE. */
export function isCapable(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED_NODE.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/** Keeps Node 22 from warning that node:sqlite is experimental: on stderr of a hook or a server that would only confuse. */
export function silenceExperimentalWarnings(): void {
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]): void => {
    const [warning, second] = args;
    const type = warning instanceof Error ? warning.name : typeof second === 'string' ? second : undefined;
    if (type !== 'ExperimentalWarning') emitWarning(...args);
  };
}
