#!/bin/sh
# The main job on the shipped graph: embed WordNet, score the vectors, look at neighbours.
# Usage: sh examples/demo.sh [graphkit]      (the command to run; default: graphkit on the PATH)
set -eu

graphkit=${1:-graphkit}
out=demo-output
mkdir -p "$out"

run() {
    printf '\n$ graphkit'
    printf ' %s' "$@"
    printf '\n'
    "$graphkit" "$@"
}

run embed dataset:wordnet -o "$out/wordnet.parquet" --dim 256 --matrix adjacency --seed 1 --force
run evaluate "$out/wordnet.parquet" --labels dataset:wordnet --train-ratios 0.5 --shuffles 3
run similar "$out/wordnet.parquet" dog.n.01 jazz.n.02 run.v.01 -k 5

printf '\nThe vectors are in %s: one row a synset, columns id and vector.\n' "$out/wordnet.parquet"
