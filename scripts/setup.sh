# shellcheck shell=sh
# What the checks need beside Go, and how to come by it. Sourced, not run.
#
#   need WHAT...   installs (Debian, as root) or says what is missing; sets
#                  missing="..." to what is not there in the end

missing=
updated=

say() { printf '%s\n' "$*"; }

# have WHAT: whether it is there.
have() {
	case $1 in
	postgres) [ -n "$(postgres_bin)" ] ;;
	chromium) [ -n "$(chromium_bin)" ] ;;
	node) command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && [ "$(node -p 'const [a, b] = process.versions.node.split(".").map(Number); a * 100 + b')" -ge 2015 ] ;;
	java) java -version >/dev/null 2>&1 ;;
	cc) command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 ;;
	xapian) command -v c++ >/dev/null 2>&1 && [ -n "$(header xapian.h)" ] ;;
	sqlite) command -v c++ >/dev/null 2>&1 && [ -n "$(header sqlite3.h)" ] ;;
	bibutils) command -v ris2xml >/dev/null 2>&1 ;;
	dkimpy) /usr/bin/python3 -c 'import dkim, nacl' >/dev/null 2>&1 ;;
	faiss) command -v c++ >/dev/null 2>&1 && [ -n "$(header faiss/IndexFlat.h)" ] ;;
	postfix) [ -x /usr/sbin/postfix ] && [ -x /usr/sbin/smtp-sink ] ;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# header NAME prints where a C header lies.
header() {
	for dir in /usr/include /usr/local/include /opt/homebrew/include; do
		[ -e "$dir/$1" ] && printf '%s\n' "$dir/$1" && return
	done
	return 0
}

# postgres_bin prints the folder with initdb and pg_ctl, newest first.
postgres_bin() {
	for dir in $(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -rV) \
		/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/pgsql-*/bin; do
		[ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ] && printf '%s\n' "$dir" && return
	done
	if command -v initdb >/dev/null 2>&1 && command -v pg_ctl >/dev/null 2>&1; then
		dirname "$(command -v initdb)"
	fi
}

chromium_bin() {
	for name in chromium chromium-browser google-chrome \
		'/Applications/Chromium.app/Contents/MacOS/Chromium' \
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
		command -v "$name" 2>/dev/null && return
	done
	return 0
}

# package WHAT: its name at Debian.
package() {
	case $1 in
	postgres) echo postgresql ;;
	node) echo nodejs npm ;;
	java) echo default-jre-headless ;;
	cc) echo gcc libc6-dev ;;
	xapian) echo g++ libxapian-dev ;;
	sqlite) echo g++ libsqlite3-dev ;;
	dkimpy) echo python3-dkim python3-nacl ;;
	faiss) echo g++ libfaiss-dev liblapack-dev libblas-dev ;;
	*) echo "$1" ;;
	esac
}

# brew WHAT: how to have it on macOS.
brew() {
	case $1 in
	postgres) echo 'brew install postgresql@17' ;;
	chromium) echo 'brew install --cask chromium' ;;
	java) echo 'brew install openjdk' ;;
	cc) echo 'xcode-select --install' ;;
	bibtool) echo 'brew install bib-tool' ;;
	*) echo "brew install $1" ;;
	esac
}

need() {
	for what in "$@"; do
		have "$what" && continue
		if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
			install_package "$what" && have "$what" && continue
		fi
		missing="$missing $what"
		if [ "$(uname -s)" = Darwin ]; then
			say "missing: $what ($(brew "$what"))"
		else
			say "missing: $what (Debian: apt-get install $(package "$what"))"
		fi
	done
}

lacks() {
	case " $missing " in *" $1 "*) return 0 ;; esac
	return 1
}

# install_package WHAT takes it from Debian. PostgreSQL and postfix come without
# the server that Debian would start beside it: the tests start their own.
install_package() {
	say "installing $1 from Debian's packages"
	export DEBIAN_FRONTEND=noninteractive
	if [ -z "$updated" ]; then
		apt-get update -qq || return 1
		updated=yes
	fi
	if [ "$1" = postgres ]; then
		mkdir -p /etc/postgresql-common/createcluster.d
		[ -e /etc/postgresql-common/createcluster.d/none.conf ] ||
			echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/none.conf
	fi
	if [ "$1" = postfix ] && [ ! -e /etc/postfix/main.cf ]; then
		echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
	fi
	# shellcheck disable=SC2046 # one word a package
	apt-get install -y -qq --no-install-recommends $(package "$1") >/dev/null
}
