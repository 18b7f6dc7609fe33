import PladHub
import PladRecords
import Testing

@Suite struct HubModelTests {
    @Test func namesAreOrganisationAndName() throws {
        #expect(try HubModel("HuggingFaceTB/SmolLM2-135M_x.y").description == "HuggingFaceTB/SmolLM2-135M_x.y")
        #expect(try HubModel("a/b", revision: "refs/pr/1").revision == "refs/pr/1")
    }

    @Test(arguments: ["gpt2", "a/b/c", "/b", "a/", "../b", "a/..", "a/.b", "a b/c", "a/b?x", "é/b", ""])
    func whatCannotBeANameIsRefused(name: String) {
        #expect { try HubModel(name) } throws: { ($0 as? HubError)?.code == .name }
    }

    @Test(arguments: ["", "../main", "a//b", "x y"]) func whatCannotBeARevisionIsRefused(revision: String) {
        #expect { try HubModel("a/b", revision: revision) } throws: { ($0 as? HubError)?.code == .name }
    }
}
