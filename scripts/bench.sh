#!/bin/sh
# Measures with real data, prints the figures and keeps them in
# bench/results/DAY.md. Linux; elsewhere memory is not seen.
#
#   bench.sh [site|search|delivery|community|all]
#
# site is import, pages, start and memory, about two minutes; search is search
# at full size beside other engines, about half an hour, into DAY-search.md;
# delivery is planning editions, sending mail, and killing what sends it, about
# ten minutes, into DAY-delivery.md; community is votes and comments of many
# people at once, and votes while the program is killed, about two minutes, into
# DAY-community.md.
#
#   TESTDATA_DIR        recorded data (default ../shared/data)
#   BENCH_SECONDS       how long each load lasts (default 10)
#   BENCH_PAPERS        papers that search is measured with (default 3000000)
#   BENCH_PEER_PAPERS   those that other engines get (default 300000)
#   BENCH_VECTORS       vectors that the nearest are looked for among (default 1000000)
#   BENCH_QUERIES       queries of each class (default 1000)
#   BENCH_PEERS         which engines (default own,fts5,bleve,postgres,xapian)
#   BENCH_SUBSCRIBERS   whose editions are planned (default 1000000)
#   BENCH_RECIPIENTS    of an edition that is sent (default 10000)
#   BENCH_CONNECTIONS   to the mail server (default 60)
#   BENCH_KILLS         of a sender with either policy, 0 for none (default 100)
#   BENCH_PEOPLE        who vote and write (default 200)
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh
part=${1:-all} # setup.sh has a name "what" of its own
case $part in site | search | delivery | community | all) ;; *) echo "bench.sh: what is $part? site, search, delivery, community or all" >&2; exit 2 ;; esac
data=${TESTDATA_DIR:-../shared/data}
out=bench/results/$(date -u +%Y-%m-%d)
work=$(mktemp -d "${TMPDIR:-/tmp}/broadsheet-bench.XXXXXX")
. scripts/postgres.sh
trap 'postgres_stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

machine() {
	printf 'Load before: %s. ' "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || echo unknown)"
	printf 'Machine: %s, %s cores, %s memory; %s; %s; commit %s.\n' \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | sort -u | head -n 1)" \
		"$(getconf _NPROCESSORS_ONLN)" \
		"$(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo 2>/dev/null)" \
		"$(go version | cut -d' ' -f3-)" "$(uname -sr)" "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
}

fill() { # the data folder that the pages are measured with
	for file in arxiv-sample.jsonl.zst daily-papers-days.zip; do
		[ -e "$data/$file" ] || { echo "bench: $data/$file is missing; set TESTDATA_DIR" >&2; exit 1; }
		bin/broadsheet import --data-dir "$work/data" "$data/$file" >"$work/import.log" 2>&1 || { cat "$work/import.log" >&2; }
	done
}

measure() {
	echo "# Figures of $(date -u +%Y-%m-%d)"
	echo
	machine
	echo 'Other work on the machine makes them worse, nothing makes them better than they are. To repeat them: make bench.'
	echo
	echo '## Pages'
	echo
	echo "\`go run ./bench/page\`, with the sample edition, all recorded days and the arXiv sample in SQLite:"
	echo
	go run ./bench/page -bin bin/broadsheet -data "$work/data" -seconds "${BENCH_SECONDS:-10}"
	echo
	echo '## Import'
	echo
	echo "\`go test -run '^$' -bench . -benchtime 1x ./bench/import\`: arXiv's snapshot layout, against plain inserts of the same rows"
	echo 'into the same tables in the same run; the bar is 2 x-of-plain, the goal 20,000 papers/s.'
	echo
	echo '```'
	TESTDATA_DIR=$(cd "$data" && pwd) go test -run '^$' -bench . -benchtime 1x -timeout 30m ./bench/import 2>&1 | grep -v '^goos\|^goarch\|^pkg'
	echo '```'
}

search() {
	papers=${BENCH_PAPERS:-3000000} others=${BENCH_PEER_PAPERS:-300000} queries=${BENCH_QUERIES:-1000}
	peers=${BENCH_PEERS:-own,fts5,bleve,postgres,xapian}
	echo "# Search, figures of $(date -u +%Y-%m-%d)"
	echo
	machine
	echo 'Other work on the machine makes them worse, nothing makes them better than they are. To repeat them: make bench WHAT=search.'
	echo
	echo "\`go run ./bench/search -papers $papers -peer-papers $others -queries $queries -peers $peers\`:"
	echo
	go run ./bench/search -sample "$data/arxiv-sample.jsonl.zst" -dir "$work" -papers "$papers" -peer-papers "$others" \
		-queries "$queries" -peers "$peers" -seconds "${BENCH_SECONDS:-10}"
	vectors "${BENCH_VECTORS:-1000000}"
}

delivery() {
	subscribers=${BENCH_SUBSCRIBERS:-1000000} recipients=${BENCH_RECIPIENTS:-10000} connections=${BENCH_CONNECTIONS:-60} kills=${BENCH_KILLS:-100}
	echo "# Delivery, figures of $(date -u +%Y-%m-%d)"
	echo
	machine
	echo 'Other work on the machine makes them worse, nothing makes them better than they are. To repeat them: make bench WHAT=delivery.'
	printf "\n## Planning\n\n\`go run ./bench/digest -subscribers %s -papers 1500\`; the bar is 1,000,000 in 60 s:\n\n" "$subscribers"
	"$work/digest" -subscribers "$subscribers" -papers 1500
	printf "\n## Handing over\n\n\`go run ./bench/mail -recipients %s -connections %s\`; the bar is 80 %% of 2,600 to 3,000 mails/s:\n\n" "$recipients" "$connections"
	"$work/mail" -recipients "$recipients" -connections "$connections"
	[ "$kills" -gt 0 ] || return 0
	printf "\n## Kills\n\n\`go test ./e2e/kill -run TestKilledSending$ -kills %s -v\`, counted by a relay that answers 2 ms after the final dot:\n\n" "$kills"
	# Built here: a pipe would hide that it failed, and its test starts the program.
	BROADSHEET_BIN=bin/broadsheet "$work/kill" -test.run 'TestKilledSending$' -kills "$kills" -test.timeout 60m -test.v >"$work/kill.log" 2>&1 ||
		{ cat "$work/kill.log" >&2; return 1; }
	sed -n 's/^ *mail_test.go:[0-9]*: \(.* kills .*\)/* \1/p' "$work/kill.log"
}

community() {
	people=${BENCH_PEOPLE:-200} seconds=${BENCH_SECONDS:-10}
	echo "# The community, figures of $(date -u +%Y-%m-%d)"
	echo
	machine
	echo 'Other work on the machine makes them worse, nothing makes them better than they are. To repeat them: make bench WHAT=community.'
	for how in '' -comments -kill '-comments -kill'; do
		printf "\n\`go run ./bench/community -people %s -seconds %s%s\`:\n\n" "$people" "$seconds" "${how:+ $how}"
		# shellcheck disable=SC2086 # no word, one or two
		"$work/community" -bin bin/broadsheet -people "$people" -seconds "$seconds" $how
	done
}

vectors() { # the part that finds the nearest, and faiss with the same vectors
	mkdir "$work/vectors"
	printf "\n## The nearest vectors\n\n\`go run ./bench/search/peer/faiss/own -papers %s\`:\n\n" "$1"
	go run ./bench/search/peer/faiss/own -sample "$data/arxiv-sample.jsonl.zst" -papers "$1" -write "$work/vectors"
	echo
	if c++ -O3 -march=native -std=c++17 -fopenmp bench/search/peer/faiss/faiss.cc -o "$work/faiss" -lfaiss -llapack -lblas; then
		"$work/faiss" "$work/vectors/vectors.f32" "$work/vectors/queries.f32"
	else
		echo 'faiss is left out: it needs libfaiss-dev and g++'
	fi
	rm -r "$work/vectors"
}

keep() { # keep FILE COMMAND: print what it prints and keep it, when it worked
	"$2" >"$work/result.md"
	cat "$work/result.md"
	mv "$work/result.md" "$1"
	echo "kept in $1" >&2
}

if [ "$part" != delivery ] && [ "$part" != community ]; then
	need postgres
	if ! lacks postgres; then postgres_start; fi
fi
if [ "$part" = site ] || [ "$part" = all ]; then
	need wrk
	fill
	keep "$out.md" measure
fi
if [ "$part" = delivery ] || [ "$part" = all ]; then
	need postfix
	go build -o "$work/digest" ./bench/digest && go build -o "$work/mail" ./bench/mail && go test -c -o "$work/kill" ./e2e/kill # before anything takes minutes
	keep "$out-delivery.md" delivery
fi
if [ "$part" = community ] || [ "$part" = all ]; then
	go build -o "$work/community" ./bench/community
	keep "$out-community.md" community
fi
if [ "$part" = search ] || [ "$part" = all ]; then
	need cc xapian sqlite faiss
	keep "$out-search.md" search
fi
