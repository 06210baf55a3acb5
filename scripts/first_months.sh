#!/bin/sh
# Pay three months of the sample county as its three sample officers, and say what to try next. A month that is released
# already is left as it is, so a second time changes nothing.
set -eu
umask 077
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
DISBURSE_HOME=${DISBURSE_HOME:-$PWD/var}
export DISBURSE_HOME
county=410721

say() {
    printf '\n\033[1m%s\033[0m\n' "$*"
}
is_released() {
    disburse status --county "$county" --month "$1" --json 2>/dev/null | grep -Eq '"step": "(released|answered|due_again|closed)"'
}

mkdir -p "$DISBURSE_HOME/inbox/$county"
[ -e "$DISBURSE_HOME/disburse.toml" ] || cp fixtures/sample/disburse.toml "$DISBURSE_HOME/"
say "样例数据目录 Sample home: $DISBURSE_HOME"

for month in 2024-07 2024-08 2024-09; do
    if is_released "$month"; then
        say "$month 已发放 already released"
        continue
    fi
    [ -e "$DISBURSE_HOME/inbox/$county/$month" ] ||
        cp -R "fixtures/sample/inbox/$county/$month" "$DISBURSE_HOME/inbox/$county/"
    say "$month · 示例经办运行,示例复核批准,示例发放放行 run, approve, release"
    disburse run --county "$county" --month "$month" --as 示例经办 --known-on "$month-15"
    disburse approve --county "$county" --month "$month" --as 示例复核 --yes >/dev/null
    disburse release --county "$county" --month "$month" --as 示例发放 --yes >/dev/null
done

say "发放文件 Payment files"
find "$DISBURSE_HOME/outbox" -type f -name '*.sha256' | sort | sed -E 's|/[^/]*$||' | uniq -c |
    sed -E 's/ *([0-9]+) (.*)/  \1 个 \2/'

say "接下来可以试 What to try next"
cat <<TEXT
  export DISBURSE_HOME=$DISBURSE_HOME
  .venv/bin/disburse status --county $county --month 2024-09
  .venv/bin/disburse run --county $county --month 2024-09 --as 示例经办 --known-on 2024-09-15 --tables
  .venv/bin/disburse verify --county $county --month 2024-09
  .venv/bin/disburse hold list --county $county
  .venv/bin/disburse export payments --county $county --month 2024-09 -o payments.xlsx
  .venv/bin/disburse export receivables --county $county --month 2024-09 -o receivables.csv
  .venv/bin/disburse explain - --county $county --month 2024-09      (问到时输入身份证号,见上面导出的表)
  make ui      打开 Dagster 血缘界面
TEXT
