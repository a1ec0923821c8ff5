import Settings

/// What libFuzzer calls with its inputs; script/fuzz builds it. Whatever the bytes are, reading them ends, and ends well.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let reading = ConfigurationReader.read(bytes, file: "Config.pm", environment: ["HOME": "/home"])
    let hasError = reading.diagnostics.contains { $0.severity == .error }
    precondition(reading.isUsable != hasError, "neither usable nor refused")
    _ = reading.dump(showsSecrets: false)
    _ = reading.explanation?.lines(place: reading.place)
    return 0
}
