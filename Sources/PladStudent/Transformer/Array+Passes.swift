extension Array {
    /// Splits a batch into runs of at most `rows` rows; an element that has more forms its own run. An empty batch has no run.
    package func passes(of rows: Int, _ count: (Element) -> Int) -> [ArraySlice<Element>] {
        var parts: [ArraySlice<Element>] = []
        var (start, filled) = (0, 0)
        for (index, element) in enumerated() {
            let more = count(element)
            if index > start, filled + more > rows {
                parts.append(self[start..<index])
                (start, filled) = (index, 0)
            }
            filled += more
        }
        return isEmpty ? [] : parts + [self[start...]]
    }
}
