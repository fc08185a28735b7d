/// What the program's exit status says; schedulers and scripts read it.
package enum ExitStatus: Int32, Sendable {
    /// Done, or nothing to do.
    case done = 0
    /// A stage, a check, a hook or a look-up failed. A run, a build, an item or a stage's log that the workspace does not have
    /// is a look-up that failed: the command was right, and tomorrow it may find it.
    case failed = 1
    /// The quality gate refused the build; the published one stands.
    case refused = 3
    /// A bad command line or job file, a stage that the job does not have among them; nothing was run. As `EX_USAGE` of
    /// sysexits.h.
    case usage = 64
    /// Another run holds the workspace's lock; try again later. As `EX_TEMPFAIL`.
    case locked = 75
    /// Stopped by SIGINT or SIGTERM; the next run goes on from the checkpoints.
    case interrupted = 130
}
