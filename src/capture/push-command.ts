// Tells a shell command that brings a branch to its host: `git push`, `gh pr create`. Pure.

/** Commands after which a branch's memories should be in its pull request. */
const PUSHES = [
  /(?:^|[\s;&|(])git(?:\s+-{1,2}\S+(?:\s+[^\s-]\S*)?)*?\s+push(?:$|[\s;&|)])/,
  /(?:^|[\s;&|(])gh\s+pr\s+create(?:$|[\s;&|)])/,
];

/** A longer text is a script, not a push: nobody's hook should read it through. */
const MAX_LENGTH = 4_000;

/** Whether a part of the command pushes; a look is enough, since publishing for nothing does no harm. */
export function isPushCommand(command: string): boolean {
  return command.length <= MAX_LENGTH && PUSHES.some((pattern) => pattern.test(command));
}
