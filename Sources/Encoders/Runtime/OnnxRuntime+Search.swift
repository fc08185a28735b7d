internal import Foundation

extension OnnxRuntime {
    /// The environment variable that names the library, or a folder that holds it.
    package static let environmentKey = "ATELIER_ONNXRUNTIME"

    /// Opens the library that the job names; otherwise the one that the environment names; otherwise the first that is
    /// found in the usual places.
    ///
    /// - Parameters:
    ///   - path: the library, a folder that holds it, or a Python environment it was installed into.
    ///   - folders: where `.onnxruntime` is looked for, in order.
    /// - Throws: `.runtimeMissing` with every place that was looked at; `.runtimeUnusable`.
    package static func find(
        path: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
        folders: [String] = [FileManager.default.currentDirectoryPath]
    ) throws(EncoderError) -> OnnxRuntime {
        let named = [path, environment[environmentKey]].compactMap { $0 }.first { !$0.isEmpty }
        // What was named is not replaced in silence by something else.
        let places = named.map { [$0] } ?? usualPlaces(environment: environment, folders: folders)
        for place in places {
            if let library = library(at: place) { return try OnnxRuntime(path: library) }
        }
        throw .runtimeMissing(searched: places)
    }

    private static func usualPlaces(environment: [String: String], folders: [String]) -> [String] {
        var places = folders.map { ($0 as NSString).appendingPathComponent(".onnxruntime") }
        if let virtual = environment["VIRTUAL_ENV"], !virtual.isEmpty { places.append(virtual) }
        places += ["/usr/local/lib", "/usr/lib"]
        #if arch(x86_64)
            places.append("/usr/lib/x86_64-linux-gnu")
        #elseif arch(arm64)
            places.append("/usr/lib/aarch64-linux-gnu")
        #endif
        return places
    }

    /// The library that a place holds: the file itself, one in the folder, or one that pip put below it.
    private static func library(at place: String) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else { return nil }
        guard isFolder.boolValue else { return place }
        let folder = place as NSString
        if let name = libraryName(in: place) { return folder.appendingPathComponent(name) }
        let libraries = folder.appendingPathComponent("lib")
        let pythons = entries(of: libraries).filter { $0.hasPrefix("python3") }
        for inner in ["."] + pythons.map({ "\($0)/site-packages/onnxruntime/capi" }) {
            let candidate = (libraries as NSString).appendingPathComponent(inner)
            if let name = libraryName(in: candidate) {
                return (candidate as NSString).appendingPathComponent(name)
            }
        }
        return nil
    }

    private static func libraryName(in folder: String) -> String? {
        entries(of: folder).first { name in
            name == "libonnxruntime.so" || name.hasPrefix("libonnxruntime.so.") || name == "libonnxruntime.dylib"
        }
    }

    private static func entries(of folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
