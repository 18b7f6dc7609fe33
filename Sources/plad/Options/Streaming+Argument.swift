public import ArgumentParser
import PladTeacher

extension Streaming: ExpressibleByArgument {}
