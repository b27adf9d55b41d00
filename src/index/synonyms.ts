// Words that developers use for one another: a memory says "folder", the question says "directory".

import { stemWord } from './stem.ts';

/** The stems that may stand for a stem, without itself. They count little: enough to decide between memories that are alike. */
export function synonymsOf(stem: string): readonly string[] {
  const before = known.get(stem);
  if (before !== undefined) return before;
  groups ??= GROUPS.trim()
    .split('\n')
    .map((line) => line.trim().split(' '));
  const others = new Set<string>();
  for (const group of groups) {
    if (group.some((word) => isOf(word, stem))) for (const word of group) others.add(stemWord(word));
  }
  others.delete(stem);
  const found = [...others];
  if (known.size < MAX_KNOWN) known.set(stem, found);
  return found;
}

let groups: readonly (readonly string[])[] | undefined;
/** By stem; most searches ask for few, so that not all five hundred words are taken to their stems. */
const known = new Map<string, readonly string[]>();
const MAX_KNOWN = 10_000;

/** Whether a word of a group has a stem. A stem begins as its word does; to see that costs less than to take it. */
function isOf(word: string, stem: string): boolean {
  return (
    word.charCodeAt(0) === stem.charCodeAt(0) && word.charCodeAt(1) === stem.charCodeAt(1) && stemWord(word) === stem
  );
}

/** One group of words a line. A word may stand in several groups. */
const GROUPS = `
remove delete drop erase eliminate strip unlink purge discard
directory folder dir
function method func callable procedure routine
string str text
integer int
float double decimal
number numeric num digit
boolean bool
list array sequence vector
dictionary dict map mapping hash hashmap
object instance
create make build generate construct new
get fetch retrieve obtain read load
set assign
update modify change edit alter
check test verify validate determine ensure assert
find search lookup locate seek
convert transform cast parse coerce translate
join merge combine concatenate concat union append
split divide separate partition chunk
compare equal equality diff difference match
sort order rank arrange
duplicate repeated unique dedupe dedup distinct
empty blank null none nil
error exception failure fault
fail crash break broken
raise throw
start begin launch run execute invoke call
stop end terminate kill abort quit exit halt
parameter argument param arg option flag
path filename file
database db
table dataframe frame
column field attribute property attr
row record line entry
user account person member
password secret credential
request query
response reply answer
config configuration settings setting preference conf
environment env
authentication auth login signin authorization
message msg
image img picture photo
random rand shuffle sample
average mean
maximum max largest biggest highest greatest
minimum min smallest lowest
count number length size len
sum total add
multiply product times
deviation std stdev variance
matrix ndarray array grid
date datetime time timestamp day
timezone tz
repository repo
dependency package module library import
version release
memory ram heap
cache memoize memo
thread concurrent parallel async asynchronous
race concurrency lock mutex
timeout hang stuck freeze deadlock
slow performance speed latency fast
open show display print render view
write save store persist dump export
copy clone duplicate
replace substitute swap
insert add append push
reverse invert flip
filter select pick choose
iterate loop traverse walk iterator iterable iter
recursive recursion recursively nested
callback handler listener hook
queue buffer stream
url link uri address
server host
client browser
socket connection connect
plot chart graph draw figure
axis axes
color colour
spec test testing
mock stub fake
deploy deployment release publish ship
class type kind
hidden hide private
enable activate on
disable deactivate off
leading prefix beginning start
trailing suffix ending end
uppercase upper capitalize
lowercase lower
regex regexp pattern expression
encode encoding serialize
decode decoding deserialize
compress zip gzip archive
encrypt cipher
index position offset
warning warn deprecation deprecated
install setup installation
upgrade migrate migration update
revert rollback undo restore
whitespace space blank
executable exec
permission access right
threshold limit bound
temporary temp tmp
variable var
reference ref pointer
character char
command cmd
process proc
source src
destination dest target
initialize init setup
information info
statistics stats
previous prev
current cur
context ctx
manager mgr
utility util
identifier id
separator delimiter
`;
