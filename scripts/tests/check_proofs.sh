#!/bin/sh
# The proofs of oracles/fast/exponential.hpp: check_proofs.sh SOURCE_FOLDER
# exponential.sollya must print exponential_constants.hpp as it is; every .gappa file beside, with that header's constants put
# in for @name@, must be proved by Gappa.
set -u
folder=$1/oracles/fast
header=$folder/exponential_constants.hpp
for tool in sollya gappa; do
  command -v $tool >/dev/null || { echo "check_proofs.sh needs $tool: apt install $tool"; exit 1; }
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

sollya "$folder/exponential.sollya" >"$work/header" 2>&1
if grep -E 'FAILED|Warning|Error' "$work/header"; then
  echo "NOT certified: $folder/exponential.sollya fails"
  failed=1
elif diff "$work/header" "$header" >"$work/said"; then
  echo "certified: exponential_constants.hpp"
else
  echo "NOT certified: $header is not what exponential.sollya prints:"
  head -n 20 "$work/said"
  failed=1
fi

sed -n 's/^inline constexpr double \([a-z0-9_]*\) = \([^ ;]*\);$/s|@\1@|\2|g/p' "$header" >"$work/constants"

# value NAME
value() { sed -n "s/^s|@$1@|\(.*\)|g$/\1/p" "$work/constants"; }

# prove FILE BOUND: FILE's goal bears the constant BOUND and is proved; with half of BOUND it is not, so its hypotheses do not
# contradict one another.
prove() {
  sed 's/#.*//' "$folder/$1" | sed -n '/->/,/}/p' | grep -q "@$2@" || { echo "NOT proved: $1 does not end in $2"; failed=1; }
  sed -f "$work/constants" "$folder/$1" >"$work/proof"
  bound=$(value "$2")
  half=${bound%p*}p$((${bound##*p} - 1))
  sed "s/@$2@/$half/g" "$folder/$1" | sed -f "$work/constants" >"$work/half"
  if sed 's/#.*//' "$work/proof" | grep -E '@[a-z0-9_]+@'; then
    echo "NOT proved: $1 names a constant that is not in $header"
    failed=1
  elif ! gappa "$work/proof" >"$work/said" 2>&1; then
    echo "NOT proved: $1:"
    grep -v 'maximum number of iterations' "$work/said"
    failed=1
  elif gappa "$work/half" >/dev/null 2>&1; then
    echo "NOT proved: $1 holds for half of $2 as well"
    failed=1
  else
    echo "proved: $1, $2 = $bound"
  fi
}
prove exponential_reduction.gappa double_reduced
prove exponential.gappa exponential_error
prove exponential_double_double_reduction.gappa double_double_reduced
prove exponential_double_double_reduction_0.gappa double_double_reduced
prove exponential_double_double.gappa exponential_double_double_error
for file in "$folder"/*.gappa; do
  grep -q "^prove ${file##*/} " "$0" || { echo "NOT proved: ${file##*/} is not among the proofs of check_proofs.sh"; failed=1; }
done
exit $failed
