import Foundation
import Testing

/// Writes down what is synced and what is renamed, in order, before it goes on to the kernel.
private let tracer = #"""
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <limits.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/syscall.h>
    #include <unistd.h>

    static void note(const char *what, const char *path, const char *target) {
        char line[3 * PATH_MAX];
        int length = snprintf(line, sizeof line, "%s\t%s\t%s\n", what, path, target);
        int file = open(getenv("TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (write(file, line, (size_t)length) != length) abort();
        close(file);
    }

    int fsync(int descriptor) {
        char link[64], path[PATH_MAX];
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = 0;
        int result = (int)syscall(SYS_fsync, descriptor);
        if (result == 0) note("sync", path, "");
        return result;
    }

    int rename(const char *path, const char *target) {
        note("rename", path, target);
        return (int)syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, target, 0);
    }
    """#

private let canTrace = {
    guard let program = try? Program() else { return false }
    defer { program.remove() }
    return (try? program.shell("command -v cc && test -d /proc/self/fd").status) == 0
}()

/// A power cut keeps what was synced: so bytes before their name, a name before the next one, and all before `current`.
@Test(.enabled(if: canTrace)) func nothingGetsItsNameBeforeItsBytesAreSynced() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    try job.program.write(tracer, to: "tracer.c")
    let path = try #require(Program.path)
    _ = try job.shell(
        """
        cc -shared -fPIC -o tracer.so tracer.c
        TRACE="$PWD/trace" LD_PRELOAD="$PWD/tracer.so" '\(path)' run job.yaml --jobs 1 --set rerank.lambda=0.4
        """)
    let workspace = job.program.folder.resolvingSymlinksInPath().path + "/ws/"
    let events = String(decoding: try job.bytes("trace"), as: UTF8.self).split(separator: "\n")
        .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    // What goes to `staging` is removed next, and a log is for reading alone.
    let renames = events.indices.filter {
        events[$0][0] == "rename" && events[$0][2].hasPrefix(workspace)
            && !events[$0][2].hasPrefix(workspace + "staging/") && !events[$0][2].hasSuffix(".log")
    }
    var names: Set<String> = []
    for (number, place) in renames.enumerated() {
        let (source, target) = (events[place][1], events[place][2])
        let name = String(target.dropFirst(workspace.count))
        names.insert(String(name.prefix { $0 != "/" }))
        func isSynced(_ path: String, in range: Range<Int>) -> Bool { events[range].contains(["sync", path, ""]) }
        var isFolder: ObjCBool = false
        if name == "current" {
            // A link has no bytes.
        } else if FileManager.default.fileExists(atPath: target, isDirectory: &isFolder), isFolder.boolValue {
            #expect(isSynced(source, in: 0..<place), "\(name)")
            for part in try FileManager.default.subpathsOfDirectory(atPath: target) {
                #expect(isSynced(source + "/" + part, in: 0..<place), "\(part) of \(name)")
            }
        } else {
            #expect(isSynced(source, in: 0..<place), "\(name)")
        }
        let next = number + 1 < renames.count ? renames[number + 1] : events.count
        #expect(isSynced((target as NSString).deletingLastPathComponent, in: place..<next), "the folder of \(name)")
    }
    #expect(names.isSuperset(of: ["artifacts", "builds", "current", "runs", "unannounced"]), "\(names)")
}
