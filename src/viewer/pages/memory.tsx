// One memory: its text, where it comes from, what happened around it.

import type { Child, FC } from 'hono/jsx';
import { shortId } from '../../model/memory.ts';
import type { MemoryRow } from '../../model/search.ts';
import type { ShownMemory } from '../shown.ts';
import { type PageContext, Layout, addressOf } from './layout.tsx';
import { Line } from './line.tsx';
import { Markdown } from './markdown.tsx';
import { localTime } from './moments.ts';
import { Kind, Marks, Rows } from './rows.tsx';

export const MemoryPage: FC<{
  readonly context: PageContext;
  readonly memory: ShownMemory;
  /** In order of time, this memory among them. */
  readonly around: readonly MemoryRow[];
}> = ({ context, memory, around }) => (
  <Layout title={memory.title} context={context}>
    <article class="memory">
      <p class="facts">
        <Kind row={memory} />
        <time datetime={memory.created}>{localTime(memory.created, context.moments, 'full')}</time>
        <Marks row={memory} />
      </p>
      <h1>
        <Line text={memory.title} />
      </h1>
      {memory.supersededBy === undefined ? (
        ''
      ) : (
        <p class="notice">
          A newer memory replaced this one: <MemoryLink context={context} id={memory.supersededBy} />
        </p>
      )}
      <div class="sheet">
        {memory.body.trim() === '' ? (
          <p class="quiet">This memory has a title and no text.</p>
        ) : (
          <Markdown text={memory.body} />
        )}
        <Provenance context={context} memory={memory} />
      </div>
    </article>
    {around.length < 2 ? (
      ''
    ) : (
      <section aria-labelledby="around-title">
        <h2 id="around-title">Before and after</h2>
        <Rows rows={around} context={context} here={memory.id} />
      </section>
    )}
  </Layout>
);

const Provenance: FC<{ readonly context: PageContext; readonly memory: ShownMemory }> = ({ context, memory }) => (
  <dl class="provenance">
    <Fact name="Id">
      <code>{memory.id}</code>
    </Fact>
    {memory.session === undefined ? (
      ''
    ) : (
      <Fact name="Session">
        <a href={addressOf(context, `/session/${encodeURIComponent(memory.session)}`)}>{memory.session.slice(0, 8)}</a>
      </Fact>
    )}
    {memory.branch === undefined ? '' : <Fact name="Branch">{memory.branch}</Fact>}
    {memory.commit === undefined ? (
      ''
    ) : (
      <Fact name="Commit">
        <code>{memory.commit.slice(0, 10)}</code>
      </Fact>
    )}
    {memory.files.length === 0 ? (
      ''
    ) : (
      <Fact name="Files">
        <ul>
          {memory.files.map((file) => (
            <li>
              <code>{file.path}</code>
            </li>
          ))}
        </ul>
      </Fact>
    )}
    {memory.tags.length === 0 ? (
      ''
    ) : (
      <Fact name="Tags">
        {memory.tags.map((tag) => (
          <a class="tag" href={addressOf(context, '/search', { q: tag })}>
            {tag}
          </a>
        ))}
      </Fact>
    )}
    {memory.supersedes.length === 0 ? (
      ''
    ) : (
      <Fact name="Replaces">
        {memory.supersedes.map((id) => (
          <MemoryLink context={context} id={id} />
        ))}
      </Fact>
    )}
    <Fact name="File">
      <code>{memory.place === 'vault' ? `.claude-mem/${memory.path}` : `in the outbox: ${memory.path}`}</code>
    </Fact>
  </dl>
);

const Fact: FC<{ readonly name: string; readonly children?: Child }> = ({ name, children }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const MemoryLink: FC<{ readonly context: PageContext; readonly id: string }> = ({ context, id }) => (
  <a href={addressOf(context, `/memory/${encodeURIComponent(id)}`)}>
    <code>{shortId(id)}</code>
  </a>
);
