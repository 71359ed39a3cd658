#!/usr/bin/env bash
# The manual page and the completions of an installed copy say what the program says: check_manual.sh PREFIX
set -euo pipefail
prefix=$1
program=$prefix/bin/softmax-audit
failed=0
complain() {
  echo "check_manual: $*" >&2
  failed=1
}

page=$(find "$prefix" -name softmax-audit.1.gz)
text=$(gzip -dc "$page" | sed 's/\\-/-/g')
commands=$("$program" --help | sed -n '/ubcommands:/I,$ s/^  \([a-z][a-z-]*\) .*/\1/p')
[[ $(wc -w <<<"$commands") -ge 8 ]] || complain "fewer than 8 commands in --help: $commands"
count=0
for command in $commands; do
  section=$(awk -v head=".SS $command" '$0 == head { on = 1; next } /^\.S[SH] / { on = 0 } on' <<<"$text")
  for option in $("$program" "$command" --help | grep -oE '^ +(-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
    [[ $option == --help ]] && continue
    count=$((count + 1))
    grep -qE "^\.BI? $option( |\$)" <<<"$section" || complain "$command $option is not in the manual"
  done
  # The other way round: what the completions offer is taken by the program.
  offered=$("$prefix/libexec/softmax-audit/complete" "$program" "$command" -- | cut -f1 | sort)
  said=$("$program" "$command" --help | grep -oE '^ +(-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort)
  [[ $offered == "$said" ]] || complain "$command: completions offer $offered, --help has $said"
done
[[ $count -ge 100 ]] || complain "only $count options were looked at"
if command -v groff >/dev/null; then
  words=$(gzip -dc "$page" | groff -man -Tutf8 -ww -z 2>&1) || true
  [[ -z $words ]] || complain "groff: $words"
fi

# As bash asks, with the program on the path.
PATH=$prefix/bin:$PATH
. "$prefix/share/bash-completion/completions/softmax-audit"
completed() {
  COMP_WORDS=(softmax-audit "$@") COMP_CWORD=$# COMPREPLY=()
  _softmax_audit
  echo " ${COMPREPLY[*]} "
}
expect() { # TEXT WORD...
  local text=$1 found
  shift
  found=$(completed "$@")
  [[ $found == *" $text "* ]] || complain "after softmax-audit $*: no $text in:$found"
}
expect "check" ch
expect "shifted shifted_simd" check sh
expect "all" check ""
expect "f16 bf16 f32 f64" check shifted --format ""
expect "is_accurate is_accurate_at_every_width" check --property is_acc
expect "log_softmax log_sum_exp" measure --operation log
expect "ieee safe uniform unshifted limits" check --profile ""
expect "smoke gate deep" audit --effort ""
expect "shifted" check --no-shared-memory shif
expect "implementations faults properties oracles operations report-formats" list ""
expect "--instruction-set" explain shifted --inst
[[ $(completed check --library "") == "  " ]] || complain "--library is a file"
if command -v zsh >/dev/null; then zsh -n "$(find "$prefix" -name _softmax-audit)" || complain "zsh does not read its completion"; fi
if command -v fish >/dev/null; then fish -n "$(find "$prefix" -name softmax-audit.fish)" || complain "fish does not read its completion"; fi
exit $failed
