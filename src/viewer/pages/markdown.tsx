// A memory's Markdown as elements: whatever a file holds, only the elements named here come out, their text escaped.

import type { Child, FC } from 'hono/jsx';
import { type Block, parseMarkdown } from '../markdown.ts';
import type { Inline } from '../markdown-inline.ts';

export const Markdown: FC<{ readonly text: string }> = ({ text }) => (
  <div class="prose">
    <Blocks blocks={parseMarkdown(text)} />
  </div>
);

export const Blocks: FC<{ readonly blocks: readonly Block[] }> = ({ blocks }) => <>{blocks.map(renderBlock)}</>;

function renderBlock(block: Block): Child {
  switch (block.kind) {
    case 'paragraph':
      return <p>{renderInlines(block.inlines)}</p>;
    case 'heading':
      return renderHeading(block.level, renderInlines(block.inlines));
    case 'code':
      return (
        <pre tabindex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'list':
      return block.start === undefined ? (
        <ul>{block.items.map(renderItem)}</ul>
      ) : (
        <ol start={block.start}>{block.items.map(renderItem)}</ol>
      );
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'rule':
      break;
  }
  return <hr />;
}

/** The page has the first level for itself. */
function renderHeading(level: number, children: Child): Child {
  if (level <= 2) return <h2>{children}</h2>;
  return level === 3 ? <h3>{children}</h3> : <h4>{children}</h4>;
}

/** A tight item is its text, without a paragraph around it. */
function renderItem(blocks: readonly Block[]): Child {
  const [first, ...rest] = blocks;
  if (first?.kind !== 'paragraph')
    return (
      <li>
        <Blocks blocks={blocks} />
      </li>
    );
  return (
    <li>
      {renderInlines(first.inlines)}
      <Blocks blocks={rest} />
    </li>
  );
}

function renderInlines(inlines: readonly Inline[]): Child {
  return inlines.map(renderInline);
}

function renderInline(inline: Inline): Child {
  switch (inline.kind) {
    case 'code':
      return <code>{inline.text}</code>;
    case 'strong':
      return <strong>{renderInlines(inline.inlines)}</strong>;
    case 'emphasis':
      return <em>{renderInlines(inline.inlines)}</em>;
    case 'link':
      return <OutsideLink href={inline.href} text={inline.text} />;
    case 'text':
      break;
  }
  return inline.text;
}

/** A link shows where it leads whenever its text does not. */
const OutsideLink: FC<{ readonly href: string; readonly text: string }> = ({ href, text }) => (
  <>
    <a href={href} rel="noopener noreferrer nofollow" target="_blank">
      {text === '' ? href : text}
    </a>
    {text !== '' && text !== href && `${text}/` !== href ? <span class="href"> ({href})</span> : ''}
  </>
);
