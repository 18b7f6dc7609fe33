import PladHTTP
import Testing

@Suite struct LoopbackTests {
    @Test(arguments: [
        "http://127.0.0.1:8000/v1", "http://localhost/", "https://LOCALHOST:1/x", "http://a.localhost", "http://[::1]:8080/v1",
        "http://127.255.0.3",
    ])
    func thisMachineIsKnown(url: String) {
        #expect(Loopback.contains(url: url))
    }

    @Test(arguments: [
        "http://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com", "http://notlocalhost", "http://128.0.0.1",
        "http://0x7f.1", "http://127.1", "http://[::ffff:127.0.0.1]", "http://example.com/127.0.0.1", "http://127.0.0.1@example.com", "",
        "http://[::2]", "http://0.0.0.0", "127.0.0.1",
    ])
    func nothingElseIsTakenForIt(url: String) {
        #expect(!Loopback.contains(url: url))
    }
}
