@main struct Plad { static func main() {} }
