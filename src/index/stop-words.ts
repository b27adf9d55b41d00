// Words that say nothing about what is sought: English, and the commonest of German, French and Spanish that mean nothing in English.

const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about above after again against all also am an and any are aren as at be because been before being below between both but by
  can cannot could couldn did didn do does doesn doing don down during each else ever few for from further get give got had hadn has
  hasn have haven having he her here hers herself him himself his how i if in into is isn it its itself just let ll me might more
  most mustn my myself no nor not now of off on once only or other our ours ourselves out over own please re s same shan she should
  shouldn so some such t than that the their theirs them themselves then there these they this those through to too under until up
  us ve very was wasn we were weren what when where which while who whom whose why will with won would wouldn you your yours
  yourself yourselves
  aber auch auf dem der das dass eine einem einen einer für hat ich ist mit nicht oder sich sind und von wie wir wird wurde
  avec dans elle est les leur mais nous pas pour que qui sont une vous
  como con del ella esta este las los más para pero por sin sobre una`.split(/\s+/),
);

/** Whether a word, in lower case, is left out of a query. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}
