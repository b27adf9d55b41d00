// Markdown to elements: what memories use is rendered, what could harm stays text.

import * as fc from 'fast-check';
import { renderToString } from 'hono/jsx/dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from '../../src/viewer/pages/markdown.tsx';

/** The elements inside the frame around every text. */
function render(text: string): string {
  return renderToString(<Markdown text={text} />)
    .replace(/^<div class="prose">/, '')
    .replace(/<\/div>$/, '');
}

describe('Markdown of memories', () => {
  it.each([
    ['one\ntwo\n\nthree', '<p>one\ntwo</p><p>three</p>'],
    ['# A\n## B\n### C ###\n###### D', '<h2>A</h2><h2>B</h2><h3>C</h3><h4>D</h4>'],
    ['#hashtag', '<p>#hashtag</p>'],
    ['- a\n- b\n  more\n  - c\n- d', '<ul><li>a</li><li>b\nmore<ul><li>c</li></ul></li><li>d</li></ul>'],
    ['  - a\n  - b', '<ul><li>a</li><li>b</li></ul>'],
    ['- a\n\n- b\n\ntext', '<ul><li>a</li><li>b</li></ul><p>text</p>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['in\n1986. was a year', '<p>in\n1986. was a year</p>'],
    ['> said\n> twice', '<blockquote><p>said\ntwice</p></blockquote>'],
    ['a\n\n---\n\nb', '<p>a</p><hr/><p>b</p>'],
    ['```ts\nif (a < b) {}\n```\nafter', '<pre tabindex="0"><code>if (a &lt; b) {}</code></pre><p>after</p>'],
    ['```\nnever closed', '<pre tabindex="0"><code>never closed</code></pre>'],
    ['    indented\n      more', '<pre tabindex="0"><code>indented\n  more</code></pre>'],
    ['use `a<b>` and ``x`y``', '<p>use <code>a&lt;b&gt;</code> and <code>x`y</code></p>'],
    ['an ` alone', '<p>an ` alone</p>'],
    [
      '**bold** and *soft* and __bold__ and _soft_',
      '<p><strong>bold</strong> and <em>soft</em> and <strong>bold</strong> and <em>soft</em></p>',
    ],
    ['snake_case_name and 2 * 3 * 4 and **open', '<p>snake_case_name and 2 * 3 * 4 and **open</p>'],
    ['\\*not soft\\*', '<p>*not soft*</p>'],
    ['', ''],
  ])('renders %j', (text, html) => {
    expect(render(text)).toBe(html);
  });

  it('shows where a link leads, and opens it without telling where from', () => {
    expect(render('[docs](https://example.com/a?b=1&c=2)')).toBe(
      '<p><a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank">docs</a><span class="href"> (https://example.com/a?b=1&amp;c=2)</span></p>',
    );
    expect(render('see https://example.com/x.')).toBe(
      '<p>see <a href="https://example.com/x" rel="noopener noreferrer nofollow" target="_blank">https://example.com/x</a>.</p>',
    );
  });

  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert)',
    '[x](data:text/html,<script>)',
    '[x](vbscript:x)',
    '[x](file:///etc/passwd)',
    '[x](//evil.example)',
    '[x](/api/login)',
    '[x](https://google.com@evil.example/)',
    '[x](http://user:pw@evil.example/)',
    '[x](java\tscript:alert)',
    '<javascript:alert(1)>',
    '[x]: javascript:alert(1)\n[x]',
  ])('makes no link of %j', (text) => {
    expect(render(text)).not.toContain('<a');
  });

  it('never loads an image', () => {
    expect(render('![alt](https://evil.example/pixel.png)')).toBe(
      '<p>[image: alt] (https://evil.example/pixel.png)</p>',
    );
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '<details open ontoggle=alert(1)>',
    '<style>*{display:none}</style>',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '**<b onclick=x>**',
    '`<script>`',
    '[<img src=x>](https://example.com/"onmouseover="alert(1))',
    '- <iframe src=//evil.example>',
    '&lt;script&gt;',
    '```"><script>\n</code></pre><script>alert(1)</script>\n```',
  ])('shows %j as text', (text) => {
    expect(foreignTags(render(text))).toEqual([]);
  });

  it('gives known elements with known attributes only, whatever the text', () => {
    const scrap = fc.constantFrom(
      '`',
      '``',
      '*',
      '**',
      '_',
      '[',
      '](',
      ')',
      '<',
      '>',
      '"',
      "'",
      '&',
      '\n',
      '\n\n',
      '    ',
      '- ',
      '1. ',
      '> ',
      '# ',
      '```',
      '<a href=x onclick=y>',
      'https://a.b/',
      '<http://',
      'javascript:',
      '![',
      '\\',
      'x',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(scrap, fc.string({ maxLength: 5 })), { maxLength: 60 }), (scraps) => {
        expect(foreignTags(render(scraps.join('')))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('loses no word', () => {
    const words = fc.array(fc.constantFrom('alpha', 'beta', '*', '`', '- ', '\n', '> ', '[', ']', '\n\n', '  ', '_'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(words, (parts) => {
        const count = (text: string): number => text.match(/alpha|beta/g)?.length ?? 0;
        expect(count(render(parts.join(' ')))).toBe(count(parts.join(' ')));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['backticks', '`'],
    ['growing backticks', '` `` ``` '],
    ['stars', '*a **b '],
    ['open links', '[a]('],
    ['brackets', '['],
    ['quotes', '> '],
    ['nested lists', '- '],
    ['urls', 'https://a.b/'],
    ['lines of lists', '- a\n  '],
    ['underscores', '_a_b'],
  ])('reads 256 KiB of %s in a moment', (_, scrap) => {
    const small = timeOf(scrap.repeat(Math.ceil(32_768 / scrap.length)));
    const large = timeOf(scrap.repeat(Math.ceil(262_144 / scrap.length)));
    // Eight times the text: quadratic work would take sixty-four times as long.
    expect(large).toBeLessThan(Math.max(small, 15) * 24);
  });
});

/** Tags that are not among the elements and attributes that the renderer may make. */
function foreignTags(html: string): readonly string[] {
  const known =
    /^<(?:\/?(?:p|h2|h3|h4|ul|li|code|pre|blockquote|strong|em|div)|\/?(?:ol|a|span)|hr\/|ol start="\d+"|pre tabindex="0"|span class="href"|a href="https?:\/\/[^"<>]*" rel="noopener noreferrer nofollow" target="_blank")>$/;
  return (html.match(/<[^>]*>?/g) ?? []).filter((tag) => !known.test(tag));
}

function timeOf(text: string): number {
  const start = performance.now();
  render(text);
  return performance.now() - start;
}
