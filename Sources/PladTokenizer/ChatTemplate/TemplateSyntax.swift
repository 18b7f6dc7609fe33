/// A statement of a template.
indirect enum TemplateStatement: Sendable {
    case text(String)
    case print(TemplateExpression, line: Int)
    /// The branches in order; the last one without a condition is the `else`.
    case conditional([(condition: TemplateExpression?, body: [TemplateStatement])])
    case loop(TemplateLoop)
    case set([String], TemplateExpression, line: Int)
    /// `{% set x %}…{% endset %}`
    case capture(String, [TemplateStatement])
    /// `{% set namespace.member = … %}`
    case setMember(String, String, TemplateExpression, line: Int)
    case macro(TemplateMacro)
    case exitLoop
    case nextRound
}

struct TemplateLoop: Sendable {
    let variables: [String]
    let sequence: TemplateExpression
    /// Condition of the loop's own `if`; elements that fail it are skipped.
    let filter: TemplateExpression?
    let body: [TemplateStatement]
    /// Body of the loop's `else`, run if no element was visited.
    let otherwise: [TemplateStatement]
    let line: Int
}

struct TemplateMacro: Sendable {
    let name: String
    let parameters: [(name: String, preset: TemplateExpression?)]
    let body: [TemplateStatement]
}

/// An expression of a template.
indirect enum TemplateExpression: Sendable {
    case literal(TemplateValue)
    case name(String)
    case list([TemplateExpression])
    case dictionary([(key: TemplateExpression, value: TemplateExpression)], line: Int)
    case member(TemplateExpression, String, line: Int)
    case subscripted(TemplateExpression, TemplateExpression, line: Int)
    case slice(TemplateExpression, TemplateSlice, line: Int)
    case call(TemplateExpression, TemplateArguments, line: Int)
    case filter(TemplateExpression, String, TemplateArguments, line: Int)
    case test(TemplateExpression, String, TemplateArguments, negated: Bool, line: Int)
    case negation(TemplateExpression)
    case sign(TemplateExpression, negative: Bool, line: Int)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case arithmetic(TemplateExpression, String, TemplateExpression, line: Int)
    case comparison(TemplateExpression, [(symbol: String, right: TemplateExpression)], line: Int)
    case choice(then: TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
}

struct TemplateSlice: Sendable {
    var start: TemplateExpression?
    var stop: TemplateExpression?
    var step: TemplateExpression?
}

struct TemplateArguments: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
}
