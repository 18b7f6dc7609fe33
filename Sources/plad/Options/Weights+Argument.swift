public import ArgumentParser
import PladStudent

extension DecodeWeights: ExpressibleByArgument {}
extension TensorType: ExpressibleByArgument {}
