import PladCache
import PladRecords
import PladTeacher
import Testing

@Suite struct CompletionKeyTests {
    private let body: JSONValue = [
        "model": "m", "temperature": 0.5, "max_tokens": 10, "stop": ["\n"], "nested": ["a": [1, 2, .null, true]],
        "messages": [["role": "system", "content": "s"], ["role": "user", "content": "u"]],
    ]

    private func key(
        dialect: String = "d", teacher: String = "https://x", path: String = "/p", body: JSONValue? = nil, sample: Int = 0
    ) -> Digest {
        CompletionKey.digest(of: TeacherRequest(dialect: dialect, teacher: teacher, path: path, body: body ?? self.body, sample: sample))
    }

    @Test func theKeyIsTheDigestOfItsParts() {
        let parts: JSONValue = ["version": 1, "dialect": "d", "teacher": "https://x", "path": "/p", "body": body, "sample": 0]
        #expect(key() == Digest(of: parts.canonical))
    }

    @Test func everyPartBesidesTheBodyChangesTheKey() {
        let keys = [key(), key(dialect: "e"), key(teacher: "https://y"), key(teacher: "http://x"), key(path: "/q"), key(sample: 1)]
        #expect(Set(keys).count == keys.count)
    }

    @Test func everyChangedAddedOrMissingFieldChangesTheKey() {
        let mutants = mutants(of: body)
        #expect(mutants.count > 25)
        let keys = Set(mutants.map { key(body: $0) })
        #expect(keys.count == mutants.count, "two mutants share a key")
        #expect(!keys.contains(key()), "a mutant has the key of the original")
    }

    @Test func orderSpaceAndNumberSpellingChangeNothing() throws {
        let other = try JSONValue(
            parsing: .init(
                #"""
                { "stop": ["\u000a"], "messages": [ {"content":"\u0073","role":"system"}, {"role":"user","content":"u"} ],
                  "max_tokens": 10.0, "temperature": 5e-1, "nested": {"a":[1,2,null,true]}, "model":"m" }
                """#.utf8))
        #expect(key(body: other) == key())
    }

    @Test func theFamilyIgnoresTheTokenLimitAlone() {
        func family(_ body: JSONValue) -> (digest: Digest, tokenLimit: Int?) {
            CompletionKey.family(of: TeacherRequest(dialect: "d", teacher: "t", path: "/p", body: body, sample: 0))
        }
        let (digest, limit) = family(body)
        #expect(limit == 10)
        for mutant in mutants(of: body) {
            let isLimit = TokenLimit.split(mutant).rest == TokenLimit.split(body).rest
            #expect((family(mutant).digest == digest) == isLimit, "\(mutant.canonical)")
        }
        #expect(family(["generationConfig": ["maxOutputTokens": 7, "topK": 1]]).tokenLimit == 7)
        #expect(family(["model": "m"]).tokenLimit == nil)
    }

    /// Every document that differs from this one in one place: a leaf changed, a member gone or added, a list's order.
    private func mutants(of document: JSONValue) -> [JSONValue] {
        switch document {
        case .object(let members):
            var mutants: [JSONValue] = []
            for (name, value) in members {
                mutants += self.mutants(of: value).map { .object(members.merging([name: $0]) { $1 }) }
                mutants.append(.object(members.filter { $0.key != name }))
                mutants.append(.object(members.filter { $0.key != name }.merging([name + "_": value]) { $1 }))
            }
            return mutants + [.object(members.merging(["added": .null]) { $1 })]
        case .array(let elements):
            var mutants = elements.indices.flatMap { index in
                self.mutants(of: elements[index]).map { mutant in
                    var changed = elements
                    changed[index] = mutant
                    return JSONValue.array(changed)
                }
            }
            if elements.count > 1 { mutants += [.array(elements.reversed()), .array(elements.dropLast())] }
            return mutants + [.array(elements + ["added"])]
        case .string(let text): return [.string(text + " "), .string(text.uppercased() + "x")]
        case .int(let number): return [.int(number + 1), .string(String(number))]
        case .double(let number): return [.double(number.nextUp), .double(-number)]
        case .bool(let value): return [.bool(!value), .null]
        case .null: return [false, 0, ""]
        }
    }
}
