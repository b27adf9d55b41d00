// Likeness of two short texts by their words, to tell the same memory said twice.

const LIKE = 0.6;

/** Whether two titles or lines say nearly the same. */
export function isAlike(a: string, b: string): boolean {
  return likeness(a, b) >= LIKE;
}

/** Alike, and neither denies what the other says nor tells another figure: `retries 3 times` is not `never retries`, nor `5 times`. */
export function saysTheSame(a: string, b: string): boolean {
  return isAlike(a, b) && !denies(a, b) && !tellsOtherFigures(a, b);
}

/** Whether two texts that are alike contradict each other: only one of them has a word that denies. */
export function denies(a: string, b: string): boolean {
  return DENIAL.test(a) !== DENIAL.test(b);
}

const DENIAL =
  /(?<!\p{L})(?:no|not|never|neither|cannot|without|\p{L}+n['’]t|nicht|kein\p{L}*|nie|niemals|ohne|pas|jamais|sans|aucun\p{L}*|nunca|ningún|sin|não|nenhum\p{L}*|sem)(?!\p{L})/iu;

/** Both tell figures, and neither has all that the other has. */
function tellsOtherFigures(a: string, b: string): boolean {
  const [left, right] = [figuresIn(a), figuresIn(b)];
  return left.some((figure) => !right.includes(figure)) && right.some((figure) => !left.includes(figure));
}

function figuresIn(text: string): readonly string[] {
  return text.match(/\d+(?:[.,]\d+)*/g) ?? [];
}

/** Shared words as a part of the smaller text's words, 0 to 1; very short texts must be equal. */
export function likeness(a: string, b: string): number {
  const left = wordSet(a);
  const right = wordSet(b);
  if (left.size < 3 || right.size < 3) return a.trim().toLowerCase() === b.trim().toLowerCase() ? 1 : 0;
  let shared = 0;
  for (const word of left) if (right.has(word)) shared++;
  const smaller = Math.min(left.size, right.size);
  const larger = Math.max(left.size, right.size);
  return Math.max(shared / larger, shared === smaller && smaller >= 4 ? LIKE : 0);
}

/** How alike two questions are: the words of the shorter one that the longer one has too; fewer than three shared are chance. */
export function questionLikeness(a: string, b: string): number {
  const left = wordSet(a);
  const right = wordSet(b);
  let shared = 0;
  for (const word of left) if (right.has(word)) shared++;
  return shared < LEAST_SHARED ? 0 : shared / Math.min(left.size, right.size);
}

const LEAST_SHARED = 3;

/** From here on two questions ask the same. */
export const ALIKE = 0.5;

/** The words of a text without endings and without those that are in every sentence; scripts without spaces by pairs. */
function wordSet(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const set = new Set<string>();
  for (const word of words) {
    if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(word)) {
      for (let i = 0; i + 1 < word.length; i++) set.add(word.slice(i, i + 2));
    } else if (word.length > 1 && !EVERYWHERE.has(word)) {
      set.add(stem(word));
    }
  }
  return set;
}

const EVERYWHERE = new Set(
  'the an and or of to in on at by for with from is are was were be been it its this that these those as not no now then so but if we you he she they there here has have had do does did will would can could should into than after before when while which who what where why how all any one'.split(
    ' ',
  ),
);

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s)$/, '') : word;
}
