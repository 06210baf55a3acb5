# Needs Python 3.11+ with venv, and make. Every target first makes the .venv it needs (scripts/prepare.sh), and works a
# second time without network.
.DEFAULT_GOAL := help
.PHONY: help run test pdf spark explore ui lint bench peers mutants clean

DISBURSE_HOME ?= $(CURDIR)/var
export DISBURSE_HOME
PEOPLE ?= 100000
TIMES ?= 20
AT_MOST ?= 10000
MINUTES ?= 600
bin := .venv/bin

help: ## 本页 This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

run: ## 准备样例数据目录,发放新乡县三个月 Pay three months of the sample county
	@sh scripts/prepare.sh run
	@sh scripts/first_months.sh

ui: ## 打开 Dagster 血缘界面(仅本机) Start the lineage UI on loopback
	@sh scripts/prepare.sh run
	@$(bin)/disburse ui

test: ## 全部不需要服务器的测试 Every test that needs no server
	@sh scripts/prepare.sh dev
	@$(bin)/python -m pytest -n auto --dist worksteal

pdf: ## 安装 PDF 组件(disburse papers --pdf 用,另须一种中文字体) Install what papers as PDF need
	@sh scripts/prepare.sh run
	@$(bin)/python -m pip install -q --only-binary :all: --require-hashes -r requirements-pdf.lock

spark: ## 安装测试用的 Spark(.spark,500 MB;另须 Java 17) Install the Spark of tests/cluster
	@sh scripts/prepare.sh dev
	@sed -n '/^setuptools==/,$$p' requirements-spark.lock | $(bin)/python -m pip install -q --only-binary :all: --require-hashes --target .spark --upgrade -r /dev/stdin
	@PYTHONPATH=$(CURDIR)/.spark $(bin)/python -m pip install -q --no-build-isolation --only-binary py4j,setuptools --require-hashes --target .spark --upgrade -r requirements-spark.lock

explore: ## 随机试验,每次不同(TIMES=20 倍) The random tests, other examples each time, TIMES as many
	@sh scripts/prepare.sh dev
	@EXPLORE_TIMES=$(TIMES) $(bin)/python -m pytest -n auto --dist worksteal tests/ledger/test_laws.py tests/oracle tests/rulebook/test_any_slip.py tests/intake tests/calculators tests/contracts

lint: ## 格式、规则、类型、导入方向、锁文件 Format, rules, types, imports, locks
	@sh scripts/prepare.sh dev
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports
	! grep -nE 'https?:|index-url|find-links|@ file' requirements*.lock

bench: ## 速度与内存(PEOPLE="300 100000") Seconds and memory of a county-month
	@sh scripts/prepare.sh run
	@$(bin)/python benchmarks/county_month.py --people $(PEOPLE)

peers: ## 与别的算法比(PEOPLE=100000) The same work by DuckDB, pandas, OpenFisca, Spark
	@sh scripts/prepare.sh dev
	@$(bin)/python -m pip install -q --only-binary :all: --require-hashes --target .benchmarks --upgrade -r requirements-benchmarks.lock
	@PYTHONPATH=.benchmarks:.spark $(bin)/python benchmarks/peers.py --people $(PEOPLE)

mutants: ## 测试能发现多少种小错(ROOMS=ledger MINUTES=30) How many small faults the tests notice
	@sh scripts/prepare.sh dev
	@$(bin)/python benchmarks/mutants.py $(ROOMS) --minutes $(MINUTES) --at-most $(AT_MOST) $(if $(ANEW),--anew)

clean: ## 删除 .venv 与缓存,保留数据目录 Remove .venv and caches, keep the home
	rm -rf .venv .benchmarks .spark .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
