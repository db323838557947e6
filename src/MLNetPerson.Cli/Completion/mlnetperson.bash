# bash completion of mlnetperson: source this file, or put it into ~/.local/share/bash-completion/completions/mlnetperson
_mlnetperson() {
  local line="${COMP_LINE:0:COMP_POINT}"
  local rest="${line#*[[:space:]]}" word="${line##*[[:space:]]}" suggestion
  COMPREPLY=()
  while IFS= read -r suggestion; do
    # Options only where one was begun; elsewhere names of verbs, values and, by default, files.
    [[ $suggestion == "$word"* && ( $word == -* || $suggestion != [-/]* ) ]] && COMPREPLY+=("$suggestion")
  done < <("${COMP_WORDS[0]}" "[suggest:${#rest}]" "$rest" 2>/dev/null)
  # bash takes a word to begin after : and =, too.
  local begun="${word%"${word##*[:=]}"}"
  COMPREPLY=("${COMPREPLY[@]#"$begun"}")
}
complete -o default -F _mlnetperson mlnetperson
