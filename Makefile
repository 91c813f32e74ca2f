# The commands of the repository; what each does stands in README.md. PORT, HOST, DATA_DIR, DATABASE_URL, REDIS_URL and
# DEMO may be given on the command line or in the environment.
PYTHON ?= python3
# No shell in between: when make is killed, the supervisor is told by the kernel.
SETUP = @$(PYTHON) -m runtime.setup

.PHONY: run test check bench day setup
.DEFAULT_GOAL := run

run:
	$(SETUP) run -- -m runtime.run

test:
	$(SETUP) dev -- -m runtime.suite

check:
	$(SETUP) dev -- -m runtime.check

bench:
	$(SETUP) dev -- -m runtime.bench

# Against the copy that `make run` started with the same PORT and DATA_DIR; STATION, SEED, SPEED and DATE may be given.
day:
	$(SETUP) run -- -m runtime.day

# Only what `make test` and `make check` need, without running anything.
setup:
	$(SETUP) dev
