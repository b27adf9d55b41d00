// The words by which a sentence shows what it is: a cause, a decision, a rule, a thing left to do.

export interface Signals {
  /** 0: none; 1: a hint; 2: said outright. */
  readonly cause: number;
  readonly decision: number;
  readonly rejected: boolean;
  /** Tells of something that was tried and taken back. */
  readonly abandoned: boolean;
  readonly rule: boolean;
  readonly left: boolean;
  readonly done: boolean;
  /** Warns of something that is not seen from the outside. */
  readonly caveat: boolean;
  /** Tells how something that stood in the way was overcome. */
  readonly solved: boolean;
}

/** What the words of a sentence say about it. English first; other languages by their plainest words. */
export function readSignals(sentence: string): Signals {
  return {
    cause: CAUSE_OUTRIGHT.test(sentence) ? 2 : CAUSE_HINT.test(sentence) ? 1 : 0,
    decision: DECISION_OUTRIGHT.test(sentence) ? 2 : DECISION_HINT.test(sentence) ? 1 : 0,
    rejected: REJECTED.test(sentence),
    abandoned: ABANDONED.test(sentence),
    rule: RULE.test(sentence),
    left: LEFT.test(sentence) && !NOTHING_LEFT.test(sentence),
    done: DONE.test(sentence) && !/\b(?:nothing|not|no|none|never|nichts|nicht)\b/i.test(sentence),
    caveat: CAVEAT.test(sentence),
    solved: SOLVED.test(sentence),
  };
}

/** What the heading above a sentence adds to its own words. */
export function withHeading(signals: Signals, heading: string): Signals {
  return {
    ...signals,
    cause: /\b(?:root cause|cause|why it|ursache)\b/i.test(heading) ? 2 : signals.cause,
    decision: /\b(?:decisions?|trade-?offs?|design choices?|entscheidungen?)\b/i.test(heading) ? 2 : signals.decision,
    left: signals.left || /\b(?:not done|to-?do|next steps?|remaining|left|follow-?ups?|open|offen)\b/i.test(heading),
    caveat: signals.caveat || /\b(?:caveats?|gotchas?|warnings?|limitations?|known issues|watch out)\b/i.test(heading),
  };
}

/** Whether a prompt asks to keep something in mind. */
export function asksToRemember(prompt: string): boolean {
  return /\b(?:remember|keep in mind|note (?:that|for)|from now on|for next time|merk dir|denk dran|souviens-toi|retiens|recuerda|lembre)\b|记住|覚えて|запомни/iu.test(
    prompt,
  );
}

/** Whether a prompt says how things are done here, beyond the task of the moment. */
export function statesHabit(sentence: string): boolean {
  return /\b(?:from now on|in this (?:repo|repository|project|codebase)|we (?:always|never) \w+|we (?:don't|do not|only) (?:use|run|write|call|commit|push|test|mock|add|edit|touch|import|put)|(?:always|never) (?:use|run|put|write|call|commit|push|add|edit|touch|import)|our (?:convention|rule|policy)|don't ever|stop (?:using|doing|adding)|wir (?:benutzen|nehmen|schreiben|machen) (?:hier |immer |nie |kein)|ab jetzt|ici on|toujours utiliser|jamais utiliser|siempre usamos|nunca usamos|sempre usamos)\b/iu.test(
    sentence,
  );
}

/** Whether a line is the start of an answer and no fact: "Now let me check", "Here is a summary". */
export function isSmallTalk(sentence: string): boolean {
  return (
    BARE_REPORT.test(sentence) ||
    /^(?:ok(?:ay)?|sure|i now|i(?:'ve| have) (?:all|now|everything|successfully|made|completed|finished|fixed all|implemented all)|the (?:task|implementation|work) is (?:now )?(?:complete|done)|based on|great|perfect|yes|no|done|all done|good|let me|now let|i'll|i will|i'm going|now i|here(?:'s| is| are)|you can|run `?\w+`? to|would you|should i|do you|want me|next,? i|everything is|good catch|thanks?)\b/iu.test(
      sentence,
    )
  );
}

/** `Fixed in src/a.js, commit 3ad41c7` says nothing that files and commit of a memory do not say. */
const BARE_REPORT =
  /^(?:fixed|committed|pushed|done|changed|updated|behoben|erledigt)\b(?: (?:and (?:committed|pushed)|in|as|with|on|to) [^,:;]{1,60})?(?:,? (?:in |as )?commit `?[0-9a-f]{7,40}`?)?[.!]?$/i;

const CAUSE_OUTRIGHT =
  /\b(?:(?:root )?cause[ds]?|because(?! of (?:that|this|it)\b)|due to|the reason|reason is|turn(?:s|ed) out|culprit|stems? from|results? from|the (?:bug|problem|issue) (?:is|was)|happens (?:when|if)|(?:came|comes) from|introduced (?:by|in|with)|fails? (?:when|since|as)|weil|ursache|liegt daran|grund (?:ist|war|dafür)|parce que|à cause|car il|porque|debido a|causa(?:do)?|perché|потому что|причина)\b|原因|因为|因為|ため|せい|때문/iu;
const CAUSE_HINT =
  /\b(?:race|deadlock|leaks?|overlap(?:s|ped)?|stale|mismatch|in parallel|concurrent(?:ly)?|doesn't (?:exist|support|cover)|does not (?:exist|support|cover)|not supported|(?:is|was|were) wrong|can still|off by one|never (?:called|set|closed|released))\b|, so (?:that )?\w/iu;

const DECISION_OUTRIGHT =
  /\b(?:decided?|decision|chose|chosen|opted for|settled on|went with|we(?:'ll| will) use|rejected|ruled out|discarded|trade-?off|rather than|I(?:'d| would) [a-z]+ .{5,80}\b(?:because|since)\b|entschieden|entscheidung|gewählt|verworfen|décidé|choisi|rejeté|decidi(?:do|mos)|elegi(?:do|mos)|descartado)\b|决定|選んだ|решил/iu;
const DECISION_HINT = /\b(?:instead of|in favou?r of|over a|prefer(?:red|s)?|switched (?:to|from)|statt|anstelle)\b/iu;
const REJECTED =
  /\b(?:not chosen|rejected|ruled out|discarded|decided against|was tried|tried (?:first|and)|did(?:n't| not) work|attempted (?:fixes|approaches)|abandoned|gave up|reverted|why .{0,60}not chosen|verworfen|nicht gewählt|rejeté|descartado)\b/iu;

const ABANDONED =
  /\b(?:(?:took|taken|backed) (?:it|that|this|them) (?:back )?out\b|took (?:it|that) back|reverted|rolled (?:it |that |them )?back|gave (?:it |that )?up|given up|abandoned|scrapped|dead end|(?:did|does)(?:n't| not) (?:work|help|pay off)|made (?:it|things|that|this) (?:slower|worse|bigger)|zurückgenommen|rückgängig gemacht|aufgegeben|brachte nichts|half nicht|abandonné|sans succès|abandonado|no funcionó|não funcionou)\b/iu;

const CAVEAT =
  /^(?:note|caveat|warning|careful|important|heads[- ]up|gotcha|achtung|hinweis|attention|atención|atenção)\b\s*:|\b(?:keep (?:that|this|it) in mind|be careful|beware|watch out|not idempotent|easy to miss)\b/iu;

const SOLVED =
  /\b(?:key fix|the fix (?:is|was)|work(?:ed)? ?around|(?:resolved|fixed|solved|avoided|fixes|solves) .{4,90} (?:by|using|with)\b)/iu;

const RULE =
  /\b(?:always|never|must(?: not)?|every .{1,60} goes through|by convention|the rule is|from now on|do not ever|don't ever|immer|niemals|nie direkt|toujours|jamais|siempre|nunca)\b|一律|必须|必ず|всегда|никогда/iu;

const LEFT =
  /\bleft(?: to do)?:|\bnext(?: steps?)?:|\b(?:is left|are left|left to|remaining|remains to|todo|to-do|next steps?|still (?:needs?|has to|open|missing|to)|needs? to be|not (?:yet|done|.{2,16} yet)|is missing|are missing|before the next|before (?:you )?(?:deploy|releas|merg)\w*|follow-?up|open question|blocked (?:by|on)|status: open|unresolved|noch (?:offen|zu tun)|fehlt|steht (?:noch )?aus|reste à|manque|falta|pendiente|queda)\b|待办|还需|残り|осталось/iu;
const NOTHING_LEFT = /\b(?:nothing (?:is )?(?:left|missing)|no (?:remaining|open)|none left)\b/iu;

const DONE =
  /\b(?:all (?:\w+ )?(?:tests|checks) pass|tests? (?:now )?pass(?:es)?|all green|fixed|implemented|added|resolved|committed|completed?|closed|pushed|behoben|erledigt|corrigé|hecho|arreglado)\b|完成|修正/iu;
