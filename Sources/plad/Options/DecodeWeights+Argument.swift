import ArgumentParser
import PladStudent

extension DecodeWeights: ExpressibleByArgument {}
