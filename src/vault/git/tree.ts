// Git's tree objects as bytes: read, grown by files, written again. Pure; names are kept byte for byte.

import { createHash } from 'node:crypto';

export interface TreeEntry {
  /** As Git writes it: `40000` for a folder, `100644` for a file. */
  readonly mode: string;
  readonly oid: string;
}

/** By name; each character of a name stands for one byte. */
export type Tree = ReadonlyMap<string, TreeEntry>;

export interface NewObject {
  readonly type: 'blob' | 'tree' | 'commit';
  readonly oid: string;
  readonly bytes: Buffer;
}

export const FOLDER_MODE = '40000';
const FILE_MODE = '100644';

/** The entries of a tree object; `like` is any object id of the repository and shows how long ids are. */
export function parseTree(bytes: Buffer, like: string): Tree {
  const tree = new Map<string, TreeEntry>();
  const length = like.length / 2;
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + length > bytes.length) throw new RangeError('not a tree object');
    const oid = bytes.toString('hex', end + 1, end + 1 + length);
    tree.set(bytes.toString('latin1', space + 1, end), { mode: bytes.toString('latin1', at, space), oid });
    at = end + 1 + length;
  }
  return tree;
}

export interface NewFile {
  /** From the top of the work tree, with `/`. */
  readonly path: string;
  readonly oid: string;
}

/**
 * The trees that differ when files are added to a commit's tree, the top one last. `trees` holds the top (as `''`) and every
 * folder on the way that is there. Undefined when something else stands in the place of a file or a folder.
 */
export function growTree(
  trees: ReadonlyMap<string, Tree>,
  files: readonly NewFile[],
  like: string,
): readonly NewObject[] | undefined {
  const grown: NewObject[] = [];
  const grow = (folder: string, added: readonly NewFile[]): string | undefined => {
    const entries = new Map(trees.get(folder));
    const start = folder === '' ? 0 : folder.length + 1;
    const below = Map.groupBy(added, ({ path }) => path.slice(start).split('/', 1)[0] ?? '');
    for (const [name, inside] of below) {
      const inner = folder === '' ? name : `${folder}/${name}`;
      const before = entries.get(name);
      const file = inside.find(({ path }) => path === inner);
      if (file !== undefined) {
        if (inside.length > 1 || (before !== undefined && before.oid !== file.oid)) return undefined;
        entries.set(name, { mode: FILE_MODE, oid: file.oid });
        continue;
      }
      if (before !== undefined && before.mode !== FOLDER_MODE) return undefined;
      const oid = grow(inner, inside);
      if (oid === undefined) return undefined;
      entries.set(name, { mode: FOLDER_MODE, oid });
    }
    const object = objectOf('tree', treeBytes(entries), like);
    grown.push(object);
    return object.oid;
  };
  return grow('', files) === undefined ? undefined : grown;
}

/** An object with the id that Git gives it, in the format (SHA-1 or SHA-256) that another id of the repository shows. */
export function objectOf(type: NewObject['type'], bytes: Buffer, like: string): NewObject {
  const oid = createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`${type} ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
  return { type, oid, bytes };
}

/** Git sorts by bytes, a folder as if its name ended in `/`. */
function treeBytes(entries: Tree): Buffer {
  const keyed = [...entries].map(([name, entry]) => ({
    key: entry.mode === FOLDER_MODE ? `${name}/` : name,
    name,
    entry,
  }));
  // Characters stand for bytes, so their order is that of the bytes.
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return Buffer.concat(
    keyed.flatMap(({ name, entry }) => [
      Buffer.from(`${entry.mode} ${name}\0`, 'latin1'),
      Buffer.from(entry.oid, 'hex'),
    ]),
  );
}
