// Words that people write into almost every question about code: they count, but less than the words that tell what is sought.

const WEAK_WORDS: ReadonlySet<string> = new Set(
  `python python2 python3 py java javascript js typescript ts node nodejs golang go rust ruby php perl bash shell sql html css c
  code program programs programming script scripts way ways example examples possible problem problems issue issues bug bugs thing things
  something anything someone anyone want wants need needs make makes making use uses using used try tries trying tried work works
  working worked happen happens new add adds adding support supports allow allows option help question feature request unable
  properly correctly correct currently always never instead even via per etc really know see going say said tell told think two
  one many much lot still back well like`.split(/\s+/),
);

/** Whether a word, in lower case, says little about what is sought. */
export function isWeakWord(word: string): boolean {
  return WEAK_WORDS.has(word);
}
