#!/bin/bash
# One experiment over a Slurm job array; the job's array size is the number of shards:
#   sbatch --array=0-7 experiments/slurm.sh experiments/table1.json --data earthquakes=/data/earthquakes.csv
# Submitted again, it makes only what is missing. When all tasks have ended:
#   npm run lab -- experiment merge results/table1.jsonl results/table1-*-of-8.jsonl
#SBATCH --job-name=posterior-lab
#SBATCH --output=results/slurm-%A_%a.log
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --gres=gpu:1
#SBATCH --time=08:00:00
# Slurm sends the step SIGTERM this long before the end: the run in progress stops, and what has ended is kept.
#SBATCH --signal=TERM@60
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-.}"
exec srun node src/node/lab.mjs experiment "$@" --shard "${SLURM_ARRAY_TASK_ID}/${SLURM_ARRAY_TASK_COUNT}"
