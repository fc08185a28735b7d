# Short names for what the scripts and `swift` do; nothing here that they do not.
.PHONY: build test nightly format sample

build:
	./jobs/setup.sh
	swift build -c release

test:
	./Tests/run.sh

nightly:
	./jobs/nightly.sh

format:
	git ls-files -z -- '*.swift' | xargs -0 swift format -i

sample: build
	"$$(swift build -c release --show-bin-path)/atelier" sample data-samples
