#!/bin/sh
# Scores Parquet files by misfit itself, by DataFusion, and by a Ballista cluster of two executors on this machine, one of which is
# killed in the middle of a second run; all of them must print the same lines.
#
#   cargo build --release --features ballista
#   sh benches/cluster/run.sh [FOLDER]
#
# FOLDER keeps the files; where it has none, logs.py writes FILES of ROWS rows each (python3 with polars). MISFIT names the program.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
misfit=${MISFIT:-$here/../../target/release/misfit}
folder=${1:-$(mktemp -d)}
port=${PORT:-50050}
export XDG_STATE_HOME="$folder/state"
mkdir -p "$folder/results"
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
started=
trap 'for process in $started; do kill "$process" 2> /dev/null || true; done' EXIT
start() {
    TMPDIR="$folder/results" "$misfit" "$@" 2>> cluster.log &
    started="$started $!"
}

begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' > own.csv 2> own.log
say "$begin" 'misfit itself' own.csv
begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' --engine datafusion > datafusion.csv 2> datafusion.log
say "$begin" 'DataFusion' datafusion.csv

start scheduler --port "$port"
sleep 2 # the executors look for it
start executor --scheduler "localhost:$port" --threads 1
first=$!
start executor --scheduler "localhost:$port" --threads 1
sleep 2 # both should be there when the work is dealt out
begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' --cluster "ballista://localhost:$port" > ballista.csv 2> ballista.log
say "$begin" 'Ballista, two executors' ballista.csv
begin=$(now)
"$misfit" score logs.misfit 'logs/*.parquet' --cluster "ballista://localhost:$port" > killed.csv 2> killed.log &
asked=$!
sleep "${KILL_AFTER:-2}" # until the work is under way
kill -0 "$asked" || { echo 'the run was over before the executor was killed: give it more rows'; exit 1; }
kill -9 "$first"
wait "$asked"
say "$begin" 'Ballista, one executor killed' killed.csv
