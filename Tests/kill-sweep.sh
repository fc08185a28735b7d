#!/usr/bin/env bash
# Kills the nightly job (SIGKILL, its whole process group) at random moments, runs it again each time, and compares what
# was published and exported with an uninterrupted run's, byte for byte: on one thread and on two.
#   ./Tests/kill-sweep.sh                 30 kills on each number of threads (about 5 minutes on 2 cores)
#   KILLS=100 SEED=3 ./Tests/kill-sweep.sh
#   ATELIER_BINARY   the program                 (default: .build/release/atelier)
#   JOB              the job file                (default: jobs/nightly.yaml)
# A kill meets the job in one of three states: an empty workspace, an up-to-date one with a stage forced, or one that the
# kill before has left. Exit status: 0 same bytes everywhere, 1 a difference, a failed rerun or a damaged byte.
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${KILLS:-30}
seed=${SEED:-1}
job=${JOB:-jobs/nightly.yaml}
atelier=$(realpath "${ATELIER_BINARY:-.build/release/atelier}")
stages=(ingest featurize label warmup mine train index topk rerank evaluate publish export)
folder=$(mktemp -d)
running=
trap '[ -z "$running" ] || kill -9 -- "-$running" 2>/dev/null; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

die() {
    echo "error: $*" >&2
    exit 1
}

# Sets $arguments to a run of the job on $threads threads in the workspace $1.
command_line() {
    arguments=(run "$job" --jobs "$threads" --workspace "$folder/$1" --set "export.folder=$folder/$1-exports")
}

# What consumers read: each file of the published build and of the exports, with its digest.
published() {
    (cd "$folder/$1/current/" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
    (cd "$folder/$1-exports" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

# A run in a process group of its own, killed after $1 seconds; true where the kill came before the run's end.
killed_after() {
    local delay=$1
    shift
    setsid "$atelier" "$@" >"$folder/stdout" 2>"$folder/stderr" &
    running=$!
    sleep "$delay"
    kill -9 -- "-$running" 2>/dev/null || true
    local status=0
    wait "$running" 2>/dev/null || status=$?
    running=
    [ "$status" -eq 137 ] && return 0
    [ "$status" -eq 0 ] || die "a run that was not killed ended with $status: $(cat "$folder/stderr")"
    return 1
}

# The stages that the killed run had begun and not ended.
in_flight() {
    sed -n 's/^\([a-z]*\): started .*/\1/p' "$folder/stderr" | sort >"$folder/started"
    sed -n 's/^\([a-z]*\): \(done\|same\|unchanged\) .*/\1/p' "$folder/stderr" | sort >"$folder/ended"
    comm -23 "$folder/started" "$folder/ended"
}

RANDOM=$seed
for threads in 1 2; do
    command_line "whole-$threads"
    begin=$(date +%s%N)
    "$atelier" "${arguments[@]}" >/dev/null 2>"$folder/stderr" || die "the uninterrupted run failed: $(cat "$folder/stderr")"
    milliseconds=$((($(date +%s%N) - begin) / 1000000))
    published "whole-$threads" >"$folder/expected-$threads"
    cmp "$folder/expected-1" "$folder/expected-$threads" || die "1 and $threads threads publish different bytes"

    command_line "killed-$threads"
    state=empty hits=0 tries=0 reruns=0
    : >"$folder/hit"
    declare -A hits_in=([empty]=0 [forced]=0 [left]=0)
    while [ "$hits" -lt "$kills" ]; do
        tries=$((tries + 1))
        [ "$tries" -le $((kills * 20)) ] || die "only $hits of $tries runs were still going when the kill came"
        extra=() span=$milliseconds
        case $state in
        empty) rm -rf "$folder/killed-$threads" "$folder/killed-$threads-exports" ;;
        forced)
            # Early cut-off ends such a run soon after the stage: kill it within the first third.
            extra=(--force "${stages[RANDOM % ${#stages[@]}]}")
            span=$((milliseconds / 3))
            ;;
        # What the kill before has finished is not done again.
        left) span=$((milliseconds / 2)) ;;
        esac
        delay=$(((RANDOM * 32768 + RANDOM) % span + 1))
        if killed_after "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))" "${arguments[@]}" "${extra[@]}"; then
            hits=$((hits + 1))
            hits_in[$state]=$((hits_in[$state] + 1))
            in_flight >>"$folder/hit"
            # One time in three the workspace stays as the kill has left it, and the run that goes on is killed too.
            if [ $((RANDOM % 3)) -eq 0 ] && [ "$hits" -lt "$kills" ]; then
                state=left
                continue
            fi
        fi
        reruns=$((reruns + 1))
        "$atelier" "${arguments[@]}" >/dev/null 2>"$folder/stderr" ||
            die "the rerun after kill $hits (seed $seed, $threads threads, ${delay} ms, $state) failed: $(cat "$folder/stderr")"
        published "killed-$threads" >"$folder/found"
        diff "$folder/expected-1" "$folder/found" ||
            die "after kill $hits (seed $seed, $threads threads, ${delay} ms, $state) other bytes are published"
        "$atelier" verify --workspace "$folder/killed-$threads" >/dev/null ||
            die "after kill $hits (seed $seed, $threads threads, ${delay} ms, $state) verify finds damage"
        if [ $((RANDOM % 2)) -eq 0 ]; then state=empty; else state=forced; fi
    done
    echo "$threads thread(s): $hits kills (${hits_in[empty]} from an empty workspace, ${hits_in[forced]} with a forced stage," \
        "${hits_in[left]} of a run that went on), $reruns reruns; uninterrupted run ${milliseconds} ms;" \
        "$(wc -l <"$folder/expected-1") files identical each time, verify clean"
    echo "    stages in flight when killed: $(sort "$folder/hit" | uniq -c | sort -k1,1nr -k2 | awk '{printf "%s%s %d", (NR > 1 ? ", " : ""), $2, $1}')"
done
