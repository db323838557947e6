# fish completion of mlnetperson: put this file into ~/.config/fish/completions/mlnetperson.fish
function __mlnetperson_suggest
    set -l line (commandline --current-process --cut-at-cursor)
    set -l word (commandline --current-token --cut-at-cursor)
    set -l rest (string replace --regex '^\s*\S+\s' '' -- "$line")
    for suggestion in (mlnetperson "[suggest:"(string length -- "$rest")"]" "$rest" 2>/dev/null)
        # Options only where one was begun; elsewhere names of verbs, values and, by default, files.
        if string match --quiet -- '-*' "$word"; or not string match --quiet --regex '^[-/]' -- "$suggestion"
            echo $suggestion
        end
    end
end
complete --command mlnetperson --arguments '(__mlnetperson_suggest)'
