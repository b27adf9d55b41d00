// The state of the vault and of the machinery around it, in a few lines.

import type { Child, FC } from 'hono/jsx';
import { renderDiagnostic } from '../../model/diagnostic.ts';
import type { VaultStatus } from '../../model/status.ts';
import { Line } from './line.tsx';

const SHOWN_DIAGNOSTICS = 5;

export const State: FC<{ readonly status: VaultStatus; readonly version: string }> = ({ status, version }) => {
  const { vault, outbox, queue, compression, diagnostics } = status;
  return (
    <section id="state" class="card" aria-labelledby="state-title">
      <h2 id="state-title">State</h2>
      <ul class="counts">
        <Count n={vault.observations} word="observation" />
        <Count n={vault.summaries} word="summary" words="summaries" />
        <Count n={vault.notes} word="note" />
      </ul>
      {outbox.held === undefined ? (
        ''
      ) : (
        <p class="notice">
          <strong>Held.</strong> <Line text={`${outbox.held.sentence} ${outbox.held.wayOut}`} />
        </p>
      )}
      {queue.deadLetters > 0 ? (
        <p class="notice">
          <strong>{countOf(queue.deadLetters, 'event')} could not be read.</strong> <code>memvault doctor</code> says
          why.
        </p>
      ) : (
        ''
      )}
      <dl>
        <Fact name="Vault">{describeVault(vault)}</Fact>
        {vault.branch === undefined ? '' : <Fact name="Branch">{vault.branch}</Fact>}
        <Fact name="Outbox">
          {outbox.waiting === 0 ? 'Empty' : `${countOf(outbox.waiting, 'memory', 'memories')} waiting`}
        </Fact>
        <Fact name="Queue">{queue.events === 0 ? 'Empty' : `${countOf(queue.events, 'event')} waiting`}</Fact>
        <Fact name="Compression">{describeCompression(compression)}</Fact>
        <Fact name="Version">{version}</Fact>
      </dl>
      {diagnostics.length === 0 ? (
        ''
      ) : (
        <details class="diagnostics">
          <summary>{countOf(diagnostics.length, 'remark')} about files</summary>
          <ul>
            {diagnostics.slice(0, SHOWN_DIAGNOSTICS).map((diagnostic) => (
              <li class={diagnostic.severity}>{renderDiagnostic(diagnostic)}</li>
            ))}
          </ul>
          <p>
            <code>memvault doctor</code> lists them all.
          </p>
        </details>
      )}
    </section>
  );
};

const Count: FC<{ readonly n: number; readonly word: string; readonly words?: string }> = ({ n, word, words }) => (
  <li>
    <strong>{n}</strong> {n === 1 ? word : (words ?? `${word}s`)}
  </li>
);

const Fact: FC<{ readonly name: string; readonly children?: Child }> = ({ name, children }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function describeVault(vault: VaultStatus['vault']): string {
  const place = { repository: 'In the repository', personal: 'Personal', folder: 'A folder without Git' }[vault.kind];
  return vault.exists ? place : `${place}; made with the first memory`;
}

function describeCompression(compression: VaultStatus['compression']): string {
  const name = [compression.provider, compression.model].filter((part) => part !== undefined).join(', ');
  return compression.offline ? `${name} (offline)` : name;
}

function countOf(n: number, word: string, words = `${word}s`): string {
  return `${n} ${n === 1 ? word : words}`;
}
