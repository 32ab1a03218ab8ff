# `make` lists the targets. Requires Python 3.10 or later, and node 20 with npm for the JavaScript tests.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve quick test coverage test-matrix lint format conformance fidelity reference docs docs-serve screenshots bench fuzz sessions soak first-steps release-check constraints clean

PYTHON ?= python3
ARGS ?=
# Without --no-compile, pip would byte-compile all of moto and botocore, which takes longer than the rest.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --prefer-binary --no-compile

BIN := .venv/bin
ENV := .venv/.installed

# The AWS CLI pins its dependencies, so it has its own environment.
AWSCLI_VERSION := 1.46.2
AWSCLI_ENV := .venv-awscli/.installed-$(AWSCLI_VERSION)

# The tools of a release are pinned by hash, apart from everything else.
RELEASE_ENV := .venv-release/.installed

# Versions of moto, botocore and aiobotocore, each in its own environment; tests/matrix lists the packages. Those
# without pins are tested in CI every week.
MATRIX := oldest between newest newest-botocore aiobotocore-2.13
MATRIX_CLIENTS := $(addprefix tests/clients/test_,boto3.py aiobotocore.py chat_sign_in.py)
MATRIX_TESTS := tests/test_compat.py tests/test_your_own_service.py \
	$(addprefix tests/,moto core mocking restjson control/test_accounts.py control/snapshot world/test_ids.py) \
	$(addprefix tests/server/,test_routing.py test_http.py test_hostile.py test_serving.py sockets) \
	$(addprefix tests/server/trust/test_,signatures.py tls.py) \
	$(addprefix tests/services/,chimesdkidentity chimesdkmessaging test_signatures.py) examples/chat_room \
	$(MATRIX_CLIENTS) $(addprefix tests/clients/test_,qapps_boto3.py qapps_aiobotocore.py q_app_survey.py) \
	$(addprefix tests/clients/test_,chat_room.py messaging_sessions.py)
# This botocore does not have Q Apps.
MATRIX_TESTS_aiobotocore-2.13 := tests/test_compat.py $(MATRIX_CLIENTS) tests/services/chimesdkidentity

# The protocol, the core, the controls, the decorators and each operation once, without the slowest tests.
QUICK_TESTS := $(addprefix tests/,restjson core world control mocking server/test_routing.py) \
	$(wildcard tests/services/*/test_operations.py) \
	$(addprefix --ignore tests/,control/test_accounts.py control/snapshot/test_damage.py core/test_cloud.py)

# With coverage the tests take half as long again, so only CI and `make coverage` measure it.
COVERAGE ?= $(CI)

# A test that hangs fails, with the stack of every thread, and the others go on.
END_HANGS := -o faulthandler_exit_on_timeout=true

JS := tests/clients/javascript
JS_ENV := $(JS)/node_modules/.installed
BROWSER := tests/browser
BROWSER_ENV := $(BROWSER)/node_modules/.installed
GO_CLIENT := build/go/client

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

serve: $(ENV)  ## run the server (ARGS="--port 5000": passed to qchime serve)
	@exec $(BIN)/qchime serve $(ARGS)

quick: $(ENV)  ## run the most informative tests, in half a minute (ARGS: passed to pytest)
	$(BIN)/python -m pytest -n auto -q $(QUICK_TESTS) $(ARGS)

test: $(ENV) $(AWSCLI_ENV) $(JS_ENV) $(BROWSER_ENV) $(GO_CLIENT)  ## run all tests (ARGS="-k bots -n 0": passed to pytest)
	$(if $(COVERAGE),$(BIN)/coverage erase)
	QCHIME_AWS_CLI="$(CURDIR)/.venv-awscli/bin/aws" \
		$(BIN)/python $(if $(COVERAGE),-m coverage run) -m pytest -n auto $(END_HANGS) $(ARGS)
	$(if $(COVERAGE),$(BIN)/coverage combine --quiet && $(BIN)/coverage report)

coverage:  ## run all tests, and show the lines and branches that they do not cover
	@$(MAKE) --no-print-directory test COVERAGE=1

test-matrix: $(MATRIX:%=test-matrix-%)  ## run the tests that involve moto, botocore and aiobotocore with old and new versions

test-matrix-%: .venv-matrix-%/.installed
	.venv-matrix-$*/bin/python -m pytest -n auto -p no:cacheprovider $(or $(MATRIX_TESTS_$*),$(MATRIX_TESTS)) $(ARGS)

lint: $(ENV)  ## check style, format, spelling, imports, types, deploy/ and .github/
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/typos
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint deploy/Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose*.yaml
	$(BIN)/kubernetes-validate --strict --quiet deploy/kubernetes.yaml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --quiet --offline .github
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/typing/mypy.ini
	@if command -v node >/dev/null; then \
		echo "pyright"; $(BIN)/pyright --pythonpath $(BIN)/python; \
	else echo "node is not installed: skipping pyright."; fi

format: $(ENV)  ## format the code, and fix what ruff can fix
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

conformance: $(ENV)  ## test every constraint of AWS's model, and write docs/conformance.md
	QCHIME_CONFORMANCE_PAGE=docs/conformance.md $(BIN)/python -m pytest -q -n auto tests/conformance -k test_operation $(ARGS)

fidelity: $(ENV)  ## write docs/fidelity.md, the page of the rules that AWS does not document
	$(BIN)/python -m tests.fidelity docs/fidelity.md

reference: $(ENV)  ## write docs/operations.md and docs/cli.md, from the model and the options
	$(BIN)/python -m tests.docs.reference docs

docs: $(ENV)  ## build the documentation site in build/docs/site
	$(BIN)/python -m tests.docs.site build/docs

docs-serve: docs  ## build it, and serve it on http://127.0.0.1:8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory build/docs/site 8000

screenshots: $(ENV)  ## take the pictures of the page in the documentation (requires Chromium)
	$(BIN)/python -m tests.browser.screenshots docs/images

bench: $(ENV)  ## measure performance relative to botocore and moto, and write docs/performance.md
	$(BIN)/python -m benchmarks

fuzz: $(ENV)  ## an hour of malformed HTTP, and write its section of docs/reliability.md
	$(BIN)/python -m benchmarks.fuzz --minutes 60 --page docs/reliability.md $(ARGS)

sessions: $(ENV)  ## ten minutes of messages to 100 sessions, and write their section of docs/performance.md
	$(BIN)/python -m benchmarks.sessions --minutes 10 --page docs/performance.md $(ARGS)

soak: $(ENV)  ## run ten minutes of faults, resets, restarts and kills, and write docs/reliability.md
	$(BIN)/python -m benchmarks.soak --minutes 10 --page docs/reliability.md $(ARGS)

first-steps: $(ENV) $(AWSCLI_ENV) $(JS_ENV)  ## do what README.md tells a newcomer, and show how long it takes
	@QCHIME_AWS_CLI="$(CURDIR)/.venv-awscli/bin/aws" $(BIN)/python -m release.first_steps

release-check: $(RELEASE_ENV) $(AWSCLI_ENV) $(JS_ENV)  ## everything that a release needs, except the upload
	@QCHIME_AWS_CLI="$(CURDIR)/.venv-awscli/bin/aws" .venv-release/bin/python -m release

constraints:  ## update constraints.txt and release/requirements.txt to the newest versions, for Python 3.10 and later
	$(PYTHON) -m venv .venv-uv
	.venv-uv/bin/python $(PIP_INSTALL) uv
	.venv-uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-python-downloads \
		--extra dev --no-annotate --custom-compile-command "make constraints" pyproject.toml -o constraints.txt
	.venv-uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-python-downloads \
		--generate-hashes --no-annotate --custom-compile-command "make constraints" \
		release/requirements.in -o release/requirements.txt

clean:  ## remove environments, caches and builds
	rm -rf .venv .venv-awscli .venv-release .venv-uv .venv-matrix-* $(JS)/node_modules $(BROWSER)/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
	find src tests examples benchmarks release -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(ENV): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP_INSTALL) --constraint constraints.txt --editable '.[dev]'
	@touch $@

.PRECIOUS: .venv-matrix-%/.installed
.venv-matrix-%/.installed: tests/matrix/%.txt tests/matrix/tools.txt pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear .venv-matrix-$*
	.venv-matrix-$*/bin/python $(PIP_INSTALL) --requirement $<
	.venv-matrix-$*/bin/python $(PIP_INSTALL) --no-deps --editable .
	@touch $@

$(AWSCLI_ENV):
	$(PYTHON) -m venv --clear .venv-awscli
	.venv-awscli/bin/python $(PIP_INSTALL) awscli==$(AWSCLI_VERSION)
	@touch $@

$(RELEASE_ENV): release/requirements.txt
	$(PYTHON) -m venv --clear .venv-release
	.venv-release/bin/python $(PIP_INSTALL) --require-hashes --requirement $<
	@touch $@

$(JS_ENV) $(BROWSER_ENV): %/node_modules/.installed: %/package.json %/package-lock.json
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
		echo "npm ci  # in $*"; cd $* && npm ci --no-audit --no-fund && touch node_modules/.installed; \
	else echo "node or npm is not installed: the tests that need packages of $* are skipped."; fi

# In a copy, where `-mod=mod` writes go.sum. With Debian's packages: GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS=
$(GO_CLIENT): tests/clients/go/main.go tests/clients/go/go.mod
	@mkdir -p $(@D) && cp $^ $(@D)
	@if command -v go >/dev/null; then \
		echo "go build  # in $(@D)"; cd $(@D) && GOFLAGS="$${GOFLAGS--mod=mod}" go build -o client main.go || \
		echo "The Go program could not be built: its test is skipped."; \
	else echo "go is not installed: the test with the AWS SDK for Go is skipped."; fi
