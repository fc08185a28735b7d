import Foundation
import Testing

/// The built program, run as a person or a scheduler runs it: in a folder of its own, with no terminal.
struct Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "atelier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    func run(_ arguments: String..., columns: Int = 80) throws -> Outcome {
        try start(arguments, columns: columns).finish()
    }

    /// A run that goes on while the test does something else.
    struct Running {
        let process: Process
        fileprivate let outputFile: URL
        fileprivate let errorFile: URL

        /// Waits until the program's stderr has the text.
        /// - Returns: false where the program ended without it.
        func hasSaid(_ text: String) throws -> Bool {
            while true {
                let isOver = !process.isRunning
                if try String(contentsOf: errorFile, encoding: .utf8).contains(text) { return true }
                if isOver { return false }
                Thread.sleep(forTimeInterval: 0.005)
            }
        }

        func finish() throws -> Outcome {
            process.waitUntilExit()
            return Outcome(
                status: process.terminationStatus, output: try String(contentsOf: outputFile, encoding: .utf8),
                errors: try String(contentsOf: errorFile, encoding: .utf8))
        }
    }

    func start(_ arguments: [String], columns: Int = 80) throws -> Running {
        let url: URL = try #require(Self.url, "the program is not beside the tests; set ATELIER_BINARY")
        return try start(
            url, arguments, in: folder, environment: ["PATH": "/usr/bin:/bin", "COLUMNS": "\(columns)"])
    }

    /// What a shell makes of the text.
    ///
    /// - Parameters:
    ///   - place: where; the program's folder unless said.
    ///   - environment: this process's unless said.
    func shell(_ text: String, in place: URL? = nil, environment: [String: String]? = nil) throws -> Outcome {
        try start(URL(filePath: "/bin/sh"), ["-c", text], in: place ?? folder, environment: environment).finish()
    }

    private func start(
        _ executable: URL, _ arguments: [String], in place: URL, environment: [String: String]?
    ) throws -> Running {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = place
        process.environment = environment ?? ProcessInfo.processInfo.environment
        process.standardInput = FileHandle.nullDevice
        let outputFile = folder.appending(path: "\(UUID().uuidString).out")
        let errorFile = folder.appending(path: "\(UUID().uuidString).err")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        return Running(process: process, outputFile: outputFile, errorFile: errorFile)
    }

    /// For a shell's command line.
    static var path: String? { url?.path(percentEncoded: false) }

    /// Where the tests were built, the program was too.
    private static var url: URL? {
        if let path = ProcessInfo.processInfo.environment["ATELIER_BINARY"] { return URL(filePath: path) }
        let folders = [CommandLine.arguments[0], "/proc/self/exe"].map {
            URL(filePath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        let candidates =
            folders + CommandLine.arguments.dropFirst().map { URL(filePath: $0).deletingLastPathComponent() }
        return candidates.map { $0.appending(path: "atelier") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }
}
