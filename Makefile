# plad: build, test and demonstrate. Two commands do everything: `make demo` and `make test`.

SWIFT ?= swift
PACKAGES := libcurl4-openssl-dev libopenblas-dev libsqlite3-dev libssl-dev pkg-config
# Optimised always: a debug engine is 10 to 100 times slower. The binary runs on every processor of its architecture and
# chooses its kernels when it starts.
FLAGS := -c release -j 2 --explicit-target-dependency-import-check error
PLAD := .build/release/plad
SWIFT_FILES = Sources Tests Package.swift

FUZZ_CASES := 1000000
PREFIX ?= /usr/local

.PHONY: demo test test-kernels example fuzz build install install-packages format lint docs check check-transformers check-gguf fresh-goldens replay-demo benchmark overhead fire check-hub check-wire check-processors sanitize clean

demo: build
	Prompts/demo/demo.sh $(PLAD)

# The binary's tests wait for processes and would hold the threads on which the others' servers answer: they run by themselves.
RUN_TESTS = $(SWIFT) test $(FLAGS) --skip-build --skip '^CommandTests\.' && $(SWIFT) test $(FLAGS) --skip-build --filter '^CommandTests\.'

test: install-packages
	@echo "make test: building everything, then running the tests"
	$(SWIFT) build $(FLAGS) --build-tests
	$(RUN_TESTS)

# The tests once more on every other kernel path that this processor runs.
test-kernels: install-packages
	$(SWIFT) build $(FLAGS) --build-tests
	set -e; for kernels in generic $$(grep -q avx2 /proc/cpuinfo && echo avx2); do \
		echo "make test-kernels: $$kernels"; PLAD_KERNELS=$$kernels; export PLAD_KERNELS; $(RUN_TESTS); done

# plad on processors older than this one and its kernels on arm64, emulated.
check-processors: build
	$(MAKE) install-packages PACKAGES="qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
	Tests/Scripts/old_processors.sh $(PLAD)
	Tests/Scripts/arm64.sh

# A million damaged files of every kind that a student is read from; `make test` runs twenty thousand of the same.
fuzz: install-packages
	$(SWIFT) build $(FLAGS) --build-tests
	PLAD_FUZZ_CASES=$(FUZZ_CASES) $(SWIFT) test $(FLAGS) --skip-build --filter Fuzz

# The tests once more with every memory access checked, then every access that threads share. Builds of their own, so
# that the usual one stays as it is; one test after the other, since a slow neighbour would run servers into their time limits,
# and without the tests of seconds of the processor, which are then others.
TESTS_OF_SPEED := twentyThousandPairs|aMebibyteTakesASecondOrTwo
sanitize: install-packages
	$(SWIFT) build $(FLAGS) --build-tests --sanitize=address --scratch-path .build/address
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Scripts/leaks.txt \
	$(SWIFT) test $(FLAGS) --sanitize=address --scratch-path .build/address --skip-build --no-parallel --skip '$(TESTS_OF_SPEED)'
	$(SWIFT) build $(FLAGS) --build-tests --sanitize=thread --scratch-path .build/thread
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Scripts/races.txt \
	$(SWIFT) test $(FLAGS) --sanitize=thread --scratch-path .build/thread --skip-build --no-parallel --skip '$(TESTS_OF_SPEED)'

build: install-packages
	@echo "make build: building plad (the first build takes minutes)"
	$(SWIFT) build $(FLAGS) --product plad

# The binary, which needs the system libraries and the Swift runtime of this machine, its manual page (made by Python 3) and its
# completions: make install PREFIX=$HOME/.local, or for a package DESTDIR=FOLDER PREFIX=/usr
SHARE = $(DESTDIR)$(PREFIX)/share
install: build
	python3 docs/man.py $(PLAD) > .build/plad.1
	set -e; for shell in bash zsh fish; do $(PLAD) --generate-completion-script $$shell > .build/plad.$$shell; done
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
		$(SHARE)/fish/vendor_completions.d
	install -m 755 $(PLAD) $(DESTDIR)$(PREFIX)/bin/plad
	install -m 644 .build/plad.1 $(SHARE)/man/man1/plad.1
	install -m 644 .build/plad.bash $(SHARE)/bash-completion/completions/plad
	install -m 644 .build/plad.zsh $(SHARE)/zsh/site-functions/_plad
	install -m 644 .build/plad.fish $(SHARE)/fish/vendor_completions.d/plad.fish

# Installs the system libraries with apt, or without root says how.
install-packages:
	@command -v $(SWIFT) >/dev/null || { echo "plad needs the Swift toolchain 6.1 or later: https://swift.org/install"; exit 1; }
	@command -v dpkg >/dev/null || exit 0; \
	missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ]; then echo "installing with apt:$$missing"; apt-get update -qq && apt-get install -y -qq $$missing; \
	else echo "plad needs system libraries; run: sudo apt-get install -y$$missing"; exit 1; fi

format:
	$(SWIFT) format -i -r --configuration .swift-format $(SWIFT_FILES)

lint:
	$(SWIFT) format lint --strict -r --configuration .swift-format $(SWIFT_FILES)

# docs/cli.md is what the binary says of itself.
docs: build
	Tests/Scripts/cli-reference.sh $(PLAD) > docs/cli.md

# The demo from its committed recording: no teacher, no network.
replay-demo: build
	Prompts/demo/demo.sh $(PLAD) --replay

# A package that uses plad as a library: builds it, and distils a mock teacher.
example: install-packages
	$(SWIFT) run --package-path Examples/Distil -c release -j 2

# The trained student in transformers and its adapter in PEFT: the same log-probabilities.
check-transformers: build .venv
	.venv/bin/python Tests/Scripts/check_transformers.py $(PLAD)

# Students as GGUF files: gguf's own numbers, and llama.cpp's tokens and greedy completions. llama.cpp builds in ten minutes; without
# it the numbers alone are compared: make check-gguf GGUF=--read-only
GGUF ?=
GGUF_STUDENTS ?= $(addprefix Tests/Fixtures/goldens/,llama-biases llama3-ropescaled llama-untied-sp qwen2 qwen3 gpt2)
check-gguf: build .venv
	.venv/bin/pip install -q gguf $(if $(GGUF),,llama-cpp-python)
	.venv/bin/python Tests/Scripts/check_gguf.py $(PLAD) $(GGUF_STUDENTS) $(GGUF)

# The engine and tokenizers against reference cases of another seed, computed now: make fresh-goldens SEED=7
SEED ?= 1
fresh-goldens: .venv
	.venv/bin/pip install -q tokenizers safetensors sentencepiece protobuf numpy
	rm -rf .build/goldens
	.venv/bin/python Tests/Fixtures/goldens/make.py .build/goldens --seed $(SEED)
	.venv/bin/python Tests/Fixtures/goldens/make_more.py .build/goldens --seed $(SEED)
	$(SWIFT) build $(FLAGS) --build-tests
	PLAD_GOLDENS=$(CURDIR)/.build/goldens $(SWIFT) test $(FLAGS) --skip-build --filter "EngineGolden|EngineEquivalence|EngineSampling|TokenizerGolden"

# plad beside PyTorch, transformers, tokenizers and llama.cpp on this machine, as a Markdown table. llama.cpp builds in ten minutes.
benchmark: build .venv
	.venv/bin/pip install -q gguf llama-cpp-python
	@[ -e /usr/share/dict/american-english ] || { echo "the benchmark's texts are made from Debian's word list; run: sudo apt-get install -y wamerican"; exit 1; }
	.venv/bin/python Benchmarks/compare.py $(PLAD)

# What asking costs on this side of the wire, beside curl and the openai client: nginx with a fixed body answers.
overhead: build .venv
	@command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || { echo "the endpoint is nginx; run: sudo apt-get install -y nginx-light"; exit 1; }
	.venv/bin/pip install -q openai
	.venv/bin/python Benchmarks/overhead.py $(PLAD)

# plad teach at a teacher that misbehaves in every way, killed 200 times, also in batches, and on a full disk; a planted key is looked for everywhere.
fire: build
	python3 Tests/Scripts/under_fire.py $(PLAD) all

# Certificates, proxies and redirects as a user of curl expects them.
check-wire: build
	python3 Tests/Scripts/check_wire.py $(PLAD)

# plad pull and huggingface_hub leave the same cache.
check-hub: build .venv
	.venv/bin/python Tests/Scripts/check_hub.py $(PLAD)

# PyTorch and transformers, which plad is compared with and never needs.
.venv:
	python3 -m venv .venv
	.venv/bin/pip install -q torch==2.13.0 transformers peft || { rm -rf .venv; exit 1; }

check:
	.ci/run

clean:
	rm -rf .build .venv runs
