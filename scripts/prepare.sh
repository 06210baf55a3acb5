#!/bin/sh
# Make .venv from the hash-pinned lock, with this project in it. Where it is current nothing is done, and no network needed.
#   scripts/prepare.sh run   what the program needs          (requirements.lock)
#   scripts/prepare.sh dev   that and what testing it needs  (requirements-dev.lock)
# PYTHON=/path/to/python3.x chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

give_up() {
    printf '%s\n' "$@" >&2
    exit 1
}

case "${1-}" in
run) lock=requirements.lock ;;
dev) lock=requirements-dev.lock ;;
*) give_up "usage: scripts/prepare.sh run|dev" ;;
esac

# What .venv was made from is kept inside it, word for word; the path counts, because a moved .venv does not work.
inputs() {
    pwd
    cat "$1" pyproject.toml
}
is_current() {
    inputs "$2" | cmp -s - ".venv/prepared-$1" && .venv/bin/python -c '' 2>/dev/null
}
if is_current dev requirements-dev.lock || { [ "$1" = run ] && is_current run requirements.lock; }; then
    exit 0
fi

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null
}
python=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || give_up \
    "缺少 Python 3.11 至 3.14。Debian 12:apt install python3 python3-venv" \
    "Python 3.11 to 3.14 is missing. On Debian 12: apt install python3 python3-venv"
"$python" -c 'import venv, ensurepip' 2>/dev/null || give_up \
    "$python 没有 venv 模块。Debian:apt install python3-venv" \
    "$python has no venv module. On Debian: apt install python3-venv"

echo "准备 .venv($lock,首次需要联网,约一两分钟)…… Preparing .venv, once" >&2
if [ -e .venv ] && { ! .venv/bin/python -m pip --version || [ "$(cat .venv/made-in)" != "$PWD" ]; } >/dev/null 2>&1; then
    rm -rf .venv
fi
[ -e .venv ] || "$python" -m venv .venv
pwd >.venv/made-in
export PIP_DISABLE_PIP_VERSION_CHECK=1
# wheels only: building a source package would fetch build tools that no hash covers
.venv/bin/python -m pip install -q --only-binary :all: --require-hashes -r "$lock"
.venv/bin/python -m pip install -q --no-deps --no-build-isolation -e .
inputs "$lock" >".venv/prepared-$1"
