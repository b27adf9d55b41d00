// The title of a test in a line of source code, as the text that somebody would ask with. Pure.

/** What a line that begins a test says the test is about; undefined for other lines and for titles with less than three words. */
export function readTestTitle(line: string): string | undefined {
  const quoted = QUOTED.exec(line)?.groups?.['title'];
  const named = NAMED.exec(line)?.groups?.['title'];
  const title = quoted === undefined ? splitName(named ?? '') : quoted.replaceAll(/\\(?=['"`\\])/g, '');
  const text = title.replaceAll(PLACEHOLDER, ' ').replaceAll(/\s+/g, ' ').trim();
  return (text.match(/\p{L}{2,}/gu) ?? []).length < 3 ? undefined : text;
}

/** `it('…')`, `test.skip("…")`, the title after a table (`])('…')`), also RSpec's `it "…" do`. */
const QUOTED =
  /^\s*(?:(?:it|test|specify|scenario|example)(?:\.\w+)*(?:\(\[.*\]\))?|\]\))\s*\(?\s*(?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>).)+)\k<quote>/;
/** `def test_…`, `func Test…`, `fn …_test`, `void testThat…`: names that are sentences. */
const NAMED =
  /^\s*(?:(?:async|public|static|private|pub)\s+)*(?:def|func|fn|fun|void)\s+(?:test_?(?<title>\w+))\s*[(<]/i;
const PLACEHOLDER = /%[sdifjop#]|\$\{[^}]*\}|\$\w+/g;

/** `keeps_unknown_keys` and `KeepsUnknownKeys` as words. */
function splitName(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
    .toLowerCase();
}
