// Git commands that talk to a remote: no prompt, no hook, no waiting for ever; a remote that does not answer is an answer.

import type { GitFacts } from './facts.ts';
import { gitFailure, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export type Reached = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

/** The hard end; a server that sends next to nothing is given up earlier, see LOW_SPEED. */
const NETWORK_MS = 60_000;
const LOW_SPEED = ['http.lowSpeedLimit=1000', 'http.lowSpeedTime=20'];
/** What reaching a host may need beside what every git call gets. */
const PASSED_ON = [
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'KRB5CCNAME',
];

export interface NetworkOptions {
  readonly env?: Environment;
  /** 60 s when left out. */
  readonly timeoutMs?: number;
}

/** A runner of network commands in one work tree. Throws only when git itself is missing. */
export function openNetwork(worktree: string, options: NetworkOptions = {}) {
  const git = openGit(worktree, options);
  const from = options.env ?? process.env;
  return {
    async run(args: readonly string[]): Promise<Reached> {
      const env = networkEnvironment(from, await sshCommand(git, from));
      const config = LOW_SPEED.flatMap((line) => ['-c', line]);
      try {
        const done = await git.run([...config, ...args], { env, timeoutMs: options.timeoutMs ?? NETWORK_MS });
        return { ok: true, text: done.text };
      } catch (error) {
        const failure = gitFailure(error);
        if (failure === undefined) throw error;
        return { ok: false, error: withoutPassword(reasonOf(failure.stderr) || messageOf(error)).slice(0, 300) };
      }
    },
  };
}

/** The remote that a branch follows, else `origin`, else the first one. */
export function remoteOf(facts: GitFacts, upstream: string | undefined): string | undefined {
  const followed = facts.remotes.find((name) => upstream?.startsWith(`refs/remotes/${name}/`) === true);
  return followed ?? (facts.remotes.includes('origin') ? 'origin' : facts.remotes[0]);
}

function networkEnvironment(from: Environment, ssh: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = from[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    ...env,
    GIT_SSH_COMMAND: ssh,
    // A program that answers nothing: whoever asks for a password gets none, at once.
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file',
    GIT_NO_LAZY_FETCH: '0',
  };
}

/** The user's own ssh command with his keys; only told to ask nobody and to give up. */
async function sshCommand(git: GitRunner, from: Environment): Promise<string> {
  const configured = await git.run(['config', '--get', 'core.sshCommand'], { okCodes: [0, 1] });
  const command = from['GIT_SSH_COMMAND'] || configured.text || 'ssh';
  const isOpenSsh = /(?:^|[/\\])ssh(?:\.exe)?["']?(?:\s|$)/.test(command);
  return isOpenSsh ? `${command} -o BatchMode=yes -o ConnectTimeout=10` : command;
}

/** Without the lines that Git adds to whatever went wrong. */
function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim().replace(/^fatal: /, ''));
  return lines.filter((line) => line !== '' && !ADVICE.test(line)).join(' ');
}

const ADVICE =
  /^(?:Could not read from remote repository|Please make sure you have the correct access rights|and the repository exists|To \S+$|error: failed to push some refs to|hint: )/;

function withoutPassword(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
