#!/usr/bin/env bash
# Calibration by an array of jobs side by side, bit for bit the ranges of a single run:
#   bash slurm.sh deploy.yaml results 4
# The config needs quantization.calibration.binning: two_pass. Each task has a work directory of its own under results/.
set -euo pipefail
if [ "${1:-}" != --task ]; then
  config=$(realpath "$1"); results=$(mkdir -p "$2" && realpath "$2"); shards=$3; self=$(realpath "$0")
  submit() { sbatch --parsable --cpus-per-task=4 --mem=8G --output="$results/%x-%A_%a.log" "$@"; }
  range=$(submit --job-name=range --array="0-$((shards - 1))" "$self" --task range "$config" "$results" "$shards")
  count=$(submit --job-name=count --array="0-$((shards - 1))" --dependency="afterok:$range" "$self" --task count "$config" "$results" "$shards")
  submit --job-name=merge --dependency="afterok:$count" "$self" --task merge "$config" "$results" "$shards"
  exit
fi
step=$2; config=$3; results=$4; shards=$5; index=${SLURM_ARRAY_TASK_ID:-0}
files() { for ((i = 0; i < shards; i++)); do echo "$results/$1-$i.json"; done; }
case $step in
  range) deploy calibrate range --config "$config" --work-dir "$results/work-$index" --shard "$index/$shards" --output "$results/range-$index.json" ;;
  count) deploy calibrate merge --config "$config" --work-dir "$results/work-$index" --output "$results/work-$index/range.json" $(files range)
         deploy calibrate count --config "$config" --work-dir "$results/work-$index" --shard "$index/$shards" --range "$results/work-$index/range.json" --output "$results/count-$index.json" ;;
  merge) deploy calibrate merge --config "$config" --work-dir "$results/work" $(files count)
         deploy run --config "$config" --work-dir "$results/work" ;;
esac
