# bash completion of softmax-audit
_softmax_audit() {
  local program line
  program=$(readlink -f "$(type -P "${COMP_WORDS[0]}")") || return
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
      return
    fi
    COMPREPLY+=("${line%%$'\t'*}")
  done < <("${program%/bin/*}/libexec/softmax-audit/complete" "$program" "${COMP_WORDS[@]:1:COMP_CWORD}")
}
complete -F _softmax_audit softmax-audit
