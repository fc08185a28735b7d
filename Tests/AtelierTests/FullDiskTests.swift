import Foundation
import Testing

/// A disk of 3 MiB for one command, where this machine lets us mount one.
private let mounting = "mkdir disk && unshare --map-root-user --mount sh -c 'mount -t tmpfs -o size=3m none disk &&"
private let canMount = {
    guard let program = try? Program() else { return false }
    defer { program.remove() }
    return (try? program.shell("\(mounting) true'").status) == 0
}()

@Test(.enabled(if: canMount)) func fullDiskIsRecordedAndPruned() throws {
    let job = try SmallJob("hooks: {before: 'if [ -e fill ]; then cat /dev/zero > filler; fi; true'}\n")
    defer { job.remove() }
    let path = try #require(Program.path)
    try job.program.write(
        """
        set -e
        cp -r job.yaml data disk
        cd disk
        run="'\(path)' run job.yaml --until label"
        eval "$run"
        # Another archive, so that there is something to prune, a shard among it.
        cp data/polyvore.zip data/maryland.tar.xz
        eval "$run"
        touch fill
        if eval "$run --force label"; then exit 9; fi
        '\(path)' status --workspace ws
        '\(path)' history --workspace ws --limit 1
        cat /dev/zero > filler || true
        '\(path)' prune --workspace ws
        rm fill filler
        eval "$run"
        """, to: "script")
    let outcome = try job.program.shell("\(mounting) . ./script'")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains(" of small: failed, took "), "\(outcome)")
    #expect(outcome.output.contains("\nerror      ") && outcome.output.contains("disk is full"), "\(outcome)")
    #expect(outcome.output.contains("\nshard    ingest/") && outcome.output.contains(" freed\n"), "\(outcome)")
    #expect(!outcome.errors.contains("could not be recorded"), "\(outcome)")
}
