# What the program says of itself, as a table: SECTION <tab> NAMES <tab> TYPE <tab> DESCRIPTION, where SECTION is options, positionals
# or subcommands. The manual page and the completions are made from it, so that neither can say anything else than --help.
function flush() {
  if (names != "") printf "%s\t%s\t%s\t%s\n", section, names, type, description
  names = ""
}
/^[^ ].*:$/ { flush(); section = tolower(substr($0, 1, length($0) - 1)); next }
/^ *$/ { flush(); next }
/^  ? ? ?[^ ]/ {
  flush()
  sub(/^ +/, "")
  at = match($0, /  +/)
  head = at ? substr($0, 1, at - 1) : $0
  description = at ? substr($0, at + RLENGTH) : ""
  at = index(head, " ")
  names = at ? substr(head, 1, at - 1) : head
  type = at ? substr(head, at + 1) : ""
  next
}
names != "" { sub(/^ +/, ""); description = description == "" ? $0 : description " " $0 }
END { flush() }
