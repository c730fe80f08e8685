# Sourced by the other scripts. `guarded COMMAND …` runs a command in a process group of its own: whatever ends the script
# (Ctrl-C, a kill, even SIGKILL) ends that group too, grandchildren included. `step TEXT COMMAND …` says first what begins.

step_group=

step() {
  printf '== %s\n' "$1" >&2
  shift
  guarded "$@"
}

guarded() {
  set -m
  "$@" </dev/null &
  step_group=$!
  set +m
  # The kernel closes descriptor 9 when this script ends; only an orderly end of the step writes to it first.
  exec 9> >(
    trap '' HUP INT TERM
    read -r _ || kill -KILL -- "-$step_group" 2>/dev/null
  )
  local code=0
  wait "$step_group" || code=$?
  step_group=
  echo done >&9
  exec 9>&-
  return "$code"
}

end_step() {
  trap - EXIT HUP INT TERM
  [[ -z $step_group ]] || kill -TERM -- "-$step_group" 2>/dev/null || true
  kill "-$1" $$
}

for signal in HUP INT TERM; do
  # shellcheck disable=SC2064  # the signal of this turn
  trap "end_step $signal" "$signal"
done
