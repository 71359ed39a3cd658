# fish completion of softmax-audit
function __softmax_audit_complete
    set -l words (commandline -opc)
    set -l program (realpath (command -s $words[1]))
    set -l ask (dirname (dirname $program))/libexec/softmax-audit/complete
    set -l current (commandline -ct)
    set -l answer ($ask $program $words[2..-1] "$current")
    if test "$answer" = :files
        __fish_complete_path "$current"
    else
        printf '%s\n' $answer
    end
end
complete -c softmax-audit -f -a '(__softmax_audit_complete)'
