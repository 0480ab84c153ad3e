# shellcheck shell=bash
# Shared by the scripts of this project. Sourced, not run.

samkoer_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'error: %s\n' "$1" >&2
  [ -n "${2:-}" ] && printf 'hint: %s\n' "$2" >&2
  exit "${3:-1}"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "installing packages needs root" "run as root, or install sudo"
  fi
}

# install_dependencies run|test|bench: installs what is missing, and only that.
install_dependencies() {
  local wanted missing="" package program next
  case "$1" in run) next=test ;; test) next=bench ;; *) next=end ;; esac
  wanted=$(sed "/^\\[$next\\]/,\$d" "$samkoer_root/deploy/dependencies.txt" | grep -vE '^(#|\[)')
  while read -r package program; do
    # Somebody else's Node.js, say, which Debian's npm would not stand beside.
    [ -n "$program" ] && command -v "$program" >/dev/null && continue
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      missing="$missing $package"
  done <<<"$wanted"
  [ -z "$missing" ] && return 0
  step "Installing Debian packages:$missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}

# build DIRECTORY [cmake options]: configures once, builds what changed.
build() {
  local directory=$1
  shift
  # So that ccache knows a file again in the other build folder.
  export CCACHE_BASEDIR=$samkoer_root CCACHE_NOHASHDIR=1
  # And what is compiled with a precompiled header.
  export CCACHE_SLOPPINESS=pch_defines,time_macros
  if [ ! -f "$directory/build.ninja" ]; then
    cmake -S "$samkoer_root" -B "$directory" -G Ninja \
      -DCMAKE_BUILD_TYPE=RelWithDebInfo "$@" >"$directory.configure.log" 2>&1 ||
      { cat "$directory.configure.log" >&2; fail "cmake could not configure $directory"; }
  fi
  cmake --build "$directory"
}

# wait_for_line FILE PATTERN PID SECONDS: the first line that matches.
wait_for_line() {
  local file=$1 pattern=$2 pid=$3 seconds=$4 line i
  for ((i = 0; i < seconds * 10; i++)); do
    line=$(grep -m1 -E "$pattern" "$file" 2>/dev/null) && { printf '%s' "$line"; return 0; }
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}
