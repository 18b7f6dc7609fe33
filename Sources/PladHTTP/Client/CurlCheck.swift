import CCurl

/// Checks a result of curl; `call` names the function and its purpose.
///
/// Throws `TransportFault.stopped` for anything but success: these calls fail only by a bug, in a curl without a feature, or for lack
/// of memory. Results of transfers are read by `TransportFault.init(_:)` instead.
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
