# shellcheck shell=bash
# Functions that the scripts of this folder share. Source it; it runs nothing by itself.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT
SWIFT_WANTED=6.2 # the tools version of Package.swift
PATH=$PATH:/usr/sbin:/sbin

# What building needs, what Rollcall needs where it runs and no build brings along, what every throw-away directory needs
# on top of it, and what only the tests need: other directory servers, Kerberos, and tools.
# `a|b`: one of them is enough; the first that the release has is installed.
# shellcheck disable=SC2034 # used by the scripts that source this file
{
    BUILD_PACKAGES=(ca-certificates git pkg-config 'g++|libstdc++-12-dev|libstdc++-14-dev' 'libldap-dev|libldap2-dev' libsasl2-dev libkrb5-dev libgnutls28-dev libsqlite3-dev)
    RUNTIME_PACKAGES=(libsasl2-modules-gssapi-mit)
    DIRECTORY_PACKAGES=(slapd ldap-utils)
    SERVER_PACKAGES=(389-ds-base 'samba-ad-dc|samba' 'samba-ad-provision|samba' samba-dsdb-modules iproute2)
    KERBEROS_PACKAGES=(krb5-kdc krb5-admin-server)
    CHECK_PACKAGES=(shellcheck sqlite3 systemd logrotate openssl perl gzip zstd jq python3-fastjsonschema)
}

# --- Messages -------------------------------------------------------------------------------------

# A heading on standard error, bold on a terminal.
message() {
    if [[ -t 2 ]]; then printf '\033[1m==> %s\033[0m\n' "$*" >&2; else printf '==> %s\n' "$*" >&2; fi
}

# Says what failed and what to do, and ends the script.
die() {
    printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# The comment at the head of the script.
usage() { sed -n '2,/^set /{s/^# \{0,1\}//p}' "$0"; }

usage_error() {
    printf '%s: error: %s. See %s --help.\n' "$(basename "$0")" "$1" "$0" >&2
    exit 2
}

# --- Ending ---------------------------------------------------------------------------------------

RUN_FOLDER=
CHILD=
SLAPD_PID=
POLICY=

# Makes sure that whatever ends the script, nothing that it started or wrote stays.
clean_up_at_end() {
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

clean_up() {
    local status=$?
    trap '' HUP INT TERM
    stop_child
    slapd_stop
    remove_policy
    [[ -z $RUN_FOLDER ]] || rm -rf "$RUN_FOLDER"
    exit "$status"
}

# Runs a command and waits for it so that a signal to the script is acted on at once, not when the command is done.
attended() {
    local status=0
    "$@" &
    CHILD=$!
    wait "$CHILD" || status=$?
    CHILD=
    return "$status"
}

stop_child() {
    [[ -n $CHILD ]] || return 0
    kill "$CHILD" 2>/dev/null || true
    wait "$CHILD" 2>/dev/null || true
    CHILD=
}

# --- Packages -------------------------------------------------------------------------------------

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo. Run as root: $*"
    fi
}

package_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

package_available() { [[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[!\(]* ]]; }

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qy "$@" >&2; }

# Prints those of the given packages of which no alternative is installed.
missing_packages() {
    local wanted name alternatives
    for wanted in "$@"; do
        IFS='|' read -ra alternatives <<<"$wanted"
        for name in "${alternatives[@]}"; do
            package_installed "$name" && continue 2
        done
        printf '%s\n' "$wanted"
    done
}

# Prints for each given package the first alternative that apt can install; fails if one has none.
choose_packages() {
    local wanted name alternatives
    for wanted in "$@"; do
        IFS='|' read -ra alternatives <<<"$wanted"
        for name in "${alternatives[@]}"; do
            package_available "$name" && printf '%s\n' "$name" && continue 2
        done
        return 1
    done
}

# Installs what is missing of the given Debian packages, without questions.
need_packages() {
    local wanted missing chosen
    wanted=$(missing_packages "$@")
    [[ -n $wanted ]] || return 0
    mapfile -t missing <<<"$wanted"
    command -v apt-get >/dev/null ||
        die "these packages are missing: ${missing[*]}. They are installed by themselves on Debian and Ubuntu only; install their like and try again."
    message "Installing Debian packages: ${missing[*]%%|*}"
    if ! choose_packages "${missing[@]}" >/dev/null; then apt_get update; fi
    wanted=$(choose_packages "${missing[@]}") ||
        die "apt does not know all of: ${missing[*]}. Rollcall needs Debian 12 or newer, or an Ubuntu of that age."
    mapfile -t chosen <<<"$wanted"
    install_packages "${chosen[@]}" || die "apt-get could not install: ${chosen[*]}. Its own message is above."
}

# Services that come with the packages of directory and Kerberos servers and want to run at once.
readonly SERVICES=(smbd nmbd winbind samba-ad-dc krb5-kdc krb5-admin-server)

# Installs packages. slapd comes without a configuration, and no service is started, now or when the machine starts:
# nobody asked for a directory or Kerberos server of this machine.
install_packages() {
    local policy=/usr/sbin/policy-rc.d service new=() status=0
    for service in "${SERVICES[@]}"; do
        [[ -e /etc/init.d/$service || -e /lib/systemd/system/$service.service ]] || new+=("$service")
    done
    [[ " $* " != *' slapd '* ]] || echo 'slapd slapd/no_configuration boolean true' | as_root debconf-set-selections
    if [[ ! -e $policy ]]; then
        POLICY=$policy
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    apt_get install --no-install-recommends "$@" || status=$?
    for service in "${new[@]}"; do
        [[ ! -e /etc/init.d/$service ]] || as_root update-rc.d "$service" disable >&2
    done
    remove_policy
    return "$status"
}

# Removes the file that kept services from being started, if this script made it.
remove_policy() {
    [[ -n $POLICY ]] || return 0
    as_root rm -f "$POLICY"
    POLICY=
}

# --- Swift ----------------------------------------------------------------------------------------

# Ends the script unless a new enough Swift is there.
need_swift() {
    local found
    command -v swift >/dev/null ||
        die "Swift is missing. Install Swift $SWIFT_WANTED or newer from https://www.swift.org/install/linux/ and make sure that 'swift' is in PATH."
    found=$(swift --version) ||
        die "Swift is there but does not run; what it said is above. https://www.swift.org/install/linux/ names the packages that it needs."
    found=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<<"$found" | head -n 1)
    [[ -n $found && $(printf '%s\n' "$SWIFT_WANTED" "$found" | sort -V | head -n 1) == "$SWIFT_WANTED" ]] ||
        die "Swift ${found:-of an unknown version} is too old. Install Swift $SWIFT_WANTED or newer from https://www.swift.org/install/linux/."
}

# find_rollcall CONFIGURATION [OPTION...]: builds the product (debug or release) and leaves the path of the
# binary in ROLLCALL. ROLLCALL_BIN names a binary to take instead.
find_rollcall() {
    local configuration=$1
    shift
    if [[ -n ${ROLLCALL_BIN:-} ]]; then
        [[ -f $ROLLCALL_BIN && -x $ROLLCALL_BIN ]] || die "ROLLCALL_BIN=$ROLLCALL_BIN is not a program."
        ROLLCALL=$(realpath "$ROLLCALL_BIN")
        return
    fi
    need_swift
    message "Building ($configuration)"
    attended swift build --package-path "$ROOT" -c "$configuration" --product rollcall "$@" >&2 ||
        die "the build failed. What the compiler said is above."
    # shellcheck disable=SC2034 # used by the scripts that source this file
    ROLLCALL=$(swift build --package-path "$ROOT" -c "$configuration" "$@" --show-bin-path)/rollcall
}

# --- A throw-away slapd ---------------------------------------------------------------------------

# Makes RUN_FOLDER, for its owner only. Its path is short, because that of a socket has at most 107 bytes.
make_run_folder() {
    local parent=${TMPDIR:-/tmp}
    ((${#parent} <= 40)) || parent=/tmp
    RUN_FOLDER=$(mktemp -d "$parent/rollcall-$1.XXXXXX")
}

# The ldapi:// URI of a socket.
socket_uri() { printf 'ldapi://%s' "${1//\//%2F}"; }

# A TCP port of 127.0.0.1 that nobody listens on at the moment.
free_port() {
    local port
    for ((port = 20000 + RANDOM % 20000; ; port = 20000 + RANDOM % 20000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    printf '%s' "$port"
}

# Prints the path of slapd. Ubuntu confines /usr/sbin/slapd to its own folders with AppArmor; a copy elsewhere is not.
slapd_program() {
    local folder=$1 program
    program=$(command -v slapd) || die "slapd is missing. Install the package slapd."
    if grep -qsE "^($program|slapd) \\(enforce\\)" /sys/kernel/security/apparmor/profiles; then
        [[ -x $folder/slapd ]] || cp "$program" "$folder/slapd"
        program=$folder/slapd
    fi
    printf '%s' "$program"
}

# slapd_start FOLDER URI: starts slapd with FOLDER/slapd.conf and returns when it answers at URI.
slapd_start() {
    local folder=$1 uri=$2 program deadline=$((SECONDS + 30))
    program=$(slapd_program "$folder")
    # The server goes with this shell, whatever ends it.
    setpriv --pdeathsig TERM -- "$program" -d 0 -f "$folder/slapd.conf" -h "$uri" \
        </dev/null >"$folder/slapd.log" 2>&1 &
    SLAPD_PID=$!
    until ldapsearch -x -LLL -o nettimeout=5 -H "$uri" -s base -b '' namingContexts >/dev/null 2>&1; do
        kill -0 "$SLAPD_PID" 2>/dev/null || slapd_failed "$folder" "slapd ended"
        ((SECONDS < deadline)) || slapd_failed "$folder" "slapd did not answer at $uri for 30 seconds"
        sleep 0.05
    done
}

slapd_failed() {
    tail -n 5 "$1/slapd.log" >&2
    die "$2. What it said is above."
}

# Stops the server that slapd_start started and waits until it is gone.
slapd_stop() {
    [[ -n $SLAPD_PID ]] || return 0
    kill "$SLAPD_PID" 2>/dev/null || true
    wait "$SLAPD_PID" 2>/dev/null || true
    SLAPD_PID=
}

# slapd_load FOLDER LDIF [OPTION...]: fills the data base of a server that is not running.
slapd_load() {
    local folder=$1 ldif=$2 program
    shift 2
    mkdir -p "$folder/db"
    program=$(slapd_program "$folder")
    if ! attended "$program" -T add "$@" -f "$folder/slapd.conf" -l "$ldif" >"$folder/slapadd.log" 2>&1; then
        tail -n 5 "$folder/slapadd.log" >&2
        die "slapadd could not load $ldif. What it said is above."
    fi
}
