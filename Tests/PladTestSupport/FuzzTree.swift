package import PladRecords

/// A JSON document that can be what no parser gives: numbers beyond every type, keys twice, any nesting.
package indirect enum FuzzTree {
    /// A number, text or word as it is spelled.
    case scalar(String)
    case list([FuzzTree])
    case object([(key: String, value: FuzzTree)])

    package init(_ value: JSONValue) throws {
        switch value {
        case .array(let elements): self = .list(try elements.map(FuzzTree.init))
        case .object(let members):
            self = .object(try members.sorted { $0.key < $1.key }.map { ($0.key, try FuzzTree($0.value)) })
        default: self = .scalar(value.canonical)
        }
    }

    package var bytes: [UInt8] {
        var text: [UInt8] = []
        append(to: &text)
        return text
    }

    private func append(to text: inout [UInt8]) {
        switch self {
        case .scalar(let spelling): text += spelling.utf8
        case .list(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                element.append(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text += JSONValue.string(member.key).canonical.utf8
                text.append(UInt8(ascii: ":"))
                member.value.append(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    /// One change, or up to three.
    package func damaged(_ mutator: inout Mutator) -> FuzzTree {
        var tree = self
        for _ in 0...(mutator.pick(2) == 0 ? 0 : mutator.pick(3)) {
            let graft = tree.part(&mutator)
            tree = tree.changed(&mutator, graft: graft)
        }
        return tree
    }

    /// Goes down at random, each branch as likely as the next, however large.
    private func part(_ mutator: inout Mutator) -> FuzzTree {
        switch self {
        case .list(let elements) where !elements.isEmpty && mutator.pick(5) > 0: elements[mutator.pick(elements.count)].part(&mutator)
        case .object(let members) where !members.isEmpty && mutator.pick(5) > 0: members[mutator.pick(members.count)].value.part(&mutator)
        default: self
        }
    }

    private func changed(_ mutator: inout Mutator, graft: FuzzTree) -> FuzzTree {
        switch self {
        case .list(var elements) where !elements.isEmpty && mutator.pick(6) > 0:
            let place = mutator.pick(elements.count)
            switch mutator.pick(12) {
            case 0: elements.remove(at: place)
            case 1: elements.insert(graft, at: place)
            case 2: elements.swapAt(place, mutator.pick(elements.count))
            case 3: elements += Array(repeating: elements[place], count: 1 + mutator.pick(64))
            default: elements[place] = elements[place].changed(&mutator, graft: graft)
            }
            return .list(elements)
        case .object(var members) where !members.isEmpty && mutator.pick(6) > 0:
            let place = mutator.pick(members.count)
            switch mutator.pick(16) {
            case 0: members.remove(at: place)
            case 1: members.append((members[place].key, graft))
            case 2: members[place].key = members[mutator.pick(members.count)].key
            case 3: members.append((mutator.word(), graft))
            case 4:
                let other = mutator.pick(members.count)
                (members[place].value, members[other].value) = (members[other].value, members[place].value)
            default: members[place].value = members[place].value.changed(&mutator, graft: graft)
            }
            return .object(members)
        default:
            return replaced(&mutator, graft: graft)
        }
    }

    private func replaced(_ mutator: inout Mutator, graft: FuzzTree) -> FuzzTree {
        switch mutator.pick(8) {
        case 0: return graft
        case 1: return .list([self])
        case 2: return .object([(mutator.word(), self)])
        case 3:
            // Deeper than any reader goes, or just about.
            return (0..<[3, 60, 600, 5000][mutator.pick(4)]).reduce(self) { tree, _ in .list([tree]) }
        case 4: if case .scalar(let spelling) = self { return .scalar(JSONValue.string(spelling).canonical) }
        case 5: if case .scalar(let spelling) = self, let number = Int64(spelling) { return .scalar(Self.near(number, &mutator)) }
        default: break
        }
        return .scalar(Self.extremes[mutator.pick(Self.extremes.count)])
    }

    private static func near(_ number: Int64, _ mutator: inout Mutator) -> String {
        [number &+ 1, number &- 1, 0 &- number, number &* 2, number / 2, number &<< 20, 1 &<< Int64(mutator.pick(64))][mutator.pick(7)]
            .description
    }

    private static let extremes = [
        "null", "true", "false", "[]", "{}", "\"\"", "0", "-0", "1", "-1", "255", "256", "65536", "2147483647", "2147483648", "-2147483649",
        "4294967295", "4294967296", "16777215", "16777216", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "0.5", "1e-320", "1e308", "1e309", "-1e309", "1e19",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"../x\"", "\"1\"", "\"null\"", "NaN", "Infinity", "01", "1.", "nul", "\"",
        "'x'",
    ]
}
