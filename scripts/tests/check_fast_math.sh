#!/bin/sh
# The project must not compile under fast-math: check_fast_math.sh COMPILER SOURCE_FOLDER
set -u
compiler=$1
folder=$2
compile() { echo '#include "oracles/format.hpp"' | "$compiler" -std=c++20 -I"$folder" -fsyntax-only "$@" -x c++ - 2>&1; }
compile || { echo "it does not compile without fast-math either"; exit 1; }
for option in -ffast-math -Ofast; do
  if said=$(compile $option); then echo "it compiles under $option"; exit 1; fi
  case $said in *"cannot be compiled with -ffast-math"*) ;; *) echo "$option: $said"; exit 1 ;; esac
done
echo "refused under -ffast-math and -Ofast"
