#compdef mlnetperson
# zsh completion of mlnetperson: put this file, named _mlnetperson, into a folder of $fpath, or source it after compinit.
_mlnetperson() {
  local rest="${(j: :)words[2,CURRENT]}" word="${words[CURRENT]}" suggestion
  local -a suggestions
  for suggestion in "${(@f)$("${words[1]}" "[suggest:${#rest}]" "$rest" 2>/dev/null)}"; do
    # Options only where one was begun; elsewhere names of verbs, values and files.
    [[ -n $suggestion && ( $word == -* || $suggestion != [-/]* ) ]] && suggestions+=("$suggestion")
  done
  (( $#suggestions )) && compadd -- "${suggestions[@]}"
  [[ $word == -* ]] || _files
}
compdef _mlnetperson mlnetperson
