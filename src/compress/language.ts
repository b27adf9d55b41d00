// Tells the language of prompts by their smallest words, for memories in the same language.

/** Languages that the rules have phrases for. */
export const PHRASE_LANGUAGES = ['en', 'de', 'fr', 'es', 'pt'] as const;
export type PhraseLanguage = (typeof PHRASE_LANGUAGES)[number];

/** Words that stand in nearly every sentence of one language and in hardly one of the others. */
const SMALL_WORDS: Readonly<Record<PhraseLanguage, ReadonlySet<string>>> = {
  en: words('the and is are was to of in it that this with for you not please can how why what does do my we should'),
  de: words(
    'der die das und ist sind nicht ein eine einen zu den dem mit für auf wie warum was bitte ich wir es im wird werden oder auch noch man dir sich ohne',
  ),
  fr: words(
    'le la les et est sont pas un une des du dans pour avec sur comment pourquoi que qui il elle nous je ne au ce cette mais veux',
  ),
  es: words(
    'el la los las y es son no un una del en para con por cómo qué que se lo al este esta pero quiero hay está cuando',
  ),
  pt: words(
    'o os as e é são não um uma do da dos das em para com por como que se ao este esta mas quero você está quando isso',
  ),
};
/** So many words of a language make it likely; English has to be beaten by two. */
const LEAST = 3;

/** The language of the text; English when nothing speaks for another. */
export function detectLanguage(text: string): PhraseLanguage {
  const found = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = PHRASE_LANGUAGES.map((language) => ({
    language,
    count: found.filter((word) => SMALL_WORDS[language].has(word)).length,
  })).toSorted((a, b) => b.count - a.count);
  const [best, second] = counts;
  if (best === undefined || second === undefined || best.count < LEAST) return 'en';
  const english = counts.find(({ language }) => language === 'en')?.count ?? 0;
  return best.language !== 'en' && best.count < english + 2 ? 'en' : best.language;
}

/** `Deutsch`, `de-DE` and `german` mean the same; undefined for a language without phrases. */
export function phraseLanguage(setting: string): PhraseLanguage | undefined {
  const name = setting.trim().toLowerCase();
  return PHRASE_LANGUAGES.find(
    (language) => name === language || name.startsWith(`${language}-`) || NAMES[language].has(name),
  );
}

const NAMES: Readonly<Record<PhraseLanguage, ReadonlySet<string>>> = {
  en: words('english englisch'),
  de: words('german deutsch'),
  fr: words('french français francais'),
  es: words('spanish español espanol'),
  pt: words('portuguese português portugues'),
};

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
