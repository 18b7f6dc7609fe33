import CCurl

/// Every result of curl passes here; `call` names the function and what it was to do.
///
/// Throws `TransportFault.stopped` for anything but success: these are calls that only a bug, a curl built without a
/// feature, or a lack of memory makes fail. Results of transfers go through `TransportFault.init(_:)` instead.
func check(_ code: CURLcode, _ call: @autoclosure () -> String) throws {
    guard code != CURLE_OK else { return }
    throw TransportFault(.stopped, "curl: \(call()) answered \(code.rawValue): \(String(cString: curl_easy_strerror(code)))")
}

func check(_ code: CURLMcode, _ call: @autoclosure () -> String) throws {
    guard code != CURLM_OK else { return }
    throw TransportFault(.stopped, "curl: \(call()) answered \(code.rawValue): \(String(cString: curl_multi_strerror(code)))")
}

func check(_ pointer: UnsafeMutableRawPointer?, _ call: @autoclosure () -> String) throws -> UnsafeMutableRawPointer {
    guard let pointer else { throw TransportFault(.stopped, "curl: \(call()) answered null: out of memory or of file descriptors") }
    return pointer
}
