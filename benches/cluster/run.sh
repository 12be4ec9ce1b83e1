#!/bin/sh
# Scores Parquet files by misfit itself, by DataFusion, and by a Ballista cluster of two executors on this machine, one of which is
# killed in the middle of a second run; all of them must print the same lines.
#
#   cargo build --release --features ballista
#   sh benches/cluster/run.sh [FOLDER]
#
# FOLDER keeps the files; where it has none, logs.py writes FILES of ROWS rows each (python3 with polars). Without FOLDER all of them are
# removed in the end. MISFIT names the program. The scheduler listens at PORT, the executors at the two ports after it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
port=${PORT:-50050}

# What was started is ended, and what was written for this run alone is removed, whichever way it ends.
started=
scratch=$(mktemp -d)
end() {
    for process in $started; do kill "$process" 2> /dev/null || true; done
    wait
    rm -rf "$scratch"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Absolute, since the rest happens in the folder of the files.
program=${MISFIT:-$here/../../target/release/misfit}
found=$(command -v "$program") || { echo "there is no $program: build it as above, or name another with MISFIT" >&2; exit 1; }
misfit=$(cd "$(dirname "$found")" && pwd)/$(basename "$found")
folder=${1:-$scratch/files}
mkdir -p "$folder" "$scratch/results"
folder=$(cd "$folder" && pwd)
export XDG_STATE_HOME="$scratch/state"
if ! [ -d "$folder/logs" ]; then
    python3 "$here/logs.py" "$folder/logs" "${FILES:-64}" "${ROWS:-100000}"
fi
cd "$folder"
[ -f logs.misfit ] || "$misfit" train 'logs/part-0000.parquet' -o logs.misfit --quiet > /dev/null

# Seconds since some time ago.
now() { date +%s.%N; }
# Prints what took how long since $1, and whether the lines in $3 are those of misfit itself.
say() {
    same=other
    cmp -s own.csv "$3" && same=same
    echo "$2: $(echo "$(now) $1" | awk '{ printf "%.1f", $1 - $2 }') s, $(wc -l < "$3") lines, $same"
    [ $same = same ]
}
start() {
    TMPDIR="$scratch/results" "$misfit" "$@" > /dev/null 2>> cluster.log &
    started="$started $!"
}
# Each executor has ports of its own: two that start at once and look for free ones can find the same.
executor() {
    start executor --scheduler "localhost:$port" --threads 1 --port "$1"
}

begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' > own.csv 2> own.log
say "$begin" 'misfit itself' own.csv
begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' --engine datafusion > datafusion.csv 2> datafusion.log
say "$begin" 'DataFusion' datafusion.csv

: > cluster.log # not those of a run before
start scheduler --port "$port"
sleep 2 # the executors look for it
executor $((port + 1))
first=$!
executor $((port + 2))
sleep 2 # both should be there when the work is dealt out
for process in $started; do
    kill -0 "$process" 2> /dev/null || { echo 'the scheduler or an executor has ended:'; tail -n 5 cluster.log; exit 1; }
done >&2
begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' --cluster "ballista://localhost:$port" > ballista.csv 2> ballista.log
say "$begin" 'Ballista, two executors' ballista.csv
begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' --cluster "ballista://localhost:$port" > killed.csv 2> killed.log &
asked=$!
started="$started $asked"
sleep "${KILL_AFTER:-2}" # until the work is under way
kill -0 "$asked" || { echo 'the run was over before the executor was killed: give it more rows'; exit 1; }
kill -9 "$first"
wait "$asked"
say "$begin" 'Ballista, one executor killed' killed.csv
