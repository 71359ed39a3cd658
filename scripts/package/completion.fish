# fish completion of softmax-audit
function __softmax_audit_complete
    set -l words (commandline -opc)
    set -l program (realpath (command -s $words[1]))
    set -l answer ((dirname (dirname $program))/libexec/softmax-audit/complete $program $words[2..-1] (commandline -ct))
    if test "$answer" = :files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $answer
    end
end
complete -c softmax-audit -f -a '(__softmax_audit_complete)'
