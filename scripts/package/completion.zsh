#compdef softmax-audit
local program=${$(whence -p ${words[1]}):A} line
local -a candidates
for line in ${(f)"$(${program:h:h}/libexec/softmax-audit/complete $program "${(@)words[2,CURRENT]}")"}; do
  if [[ $line == :files ]]; then
    _files
    return
  fi
  candidates+=(${${line//:/\\:}/$'\t'/:})
done
_describe softmax-audit candidates
