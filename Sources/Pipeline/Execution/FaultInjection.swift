/// A moment at which a test may stop the engine as a kill would.
package enum FaultPoint: String, CaseIterable, Sendable {
    /// The stage's or shard's files are written, nothing is synced.
    case afterTemporaryWrite
    /// Files and manifest are synced, the folder still has its temporary name.
    case beforeRename
    /// The folder has its final name, which is not synced yet.
    case afterRename
    /// The artifact is durable, the ledger does not know of it.
    case beforeLedgerCommit
    case afterLedgerCommit
    /// A shard is durable, the ledger does not know of it.
    case beforeShardCommit
    case afterShardCommit
    /// The build is durable under its id, `current` still names the one before.
    case beforePublish
    case afterPublish
}

/// The seam for tests of durability; in a real run it does nothing.
package struct FaultInjection: Sendable {
    package let reach: @Sendable (FaultPoint) throws -> Void

    package init(reach: @escaping @Sendable (FaultPoint) throws -> Void) { self.reach = reach }

    package static let none = FaultInjection { _ in }
}

/// Thrown at a fault point: the engine stops where it is, and cleans and records nothing, as if the process were gone.
package struct SimulatedKill: Error {
    package let point: FaultPoint

    package init(point: FaultPoint) { self.point = point }
}
