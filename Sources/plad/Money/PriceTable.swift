import Foundation
import PladCache
import PladRecords
import PladTeacher
import Yams

/// The prices that plad knows, from `prices.yaml` beside this file.
struct PriceTable: Decodable {
    /// The day on which they were looked up.
    var date: String
    var hosts: [String: [String: Price]]

    static let known: PriceTable = {
        do {
            return try YAMLDecoder().decode(PriceTable.self, from: Data(PackageResources.prices_yaml))
        } catch {
            preconditionFailure("prices.yaml: \(error)")
        }
    }()

    /// The price of a model at an endpoint, also under the name of a dated snapshot; nil for an unknown one.
    func price(of model: String, at remote: String) -> Price? {
        guard let host = URLComponents(string: remote)?.host?.lowercased(), let models = hosts[host] else { return nil }
        if let price = models[model] { return price }
        return models.first { name, _ in
            model.hasPrefix(name + "-") && model.dropFirst(name.count + 1).allSatisfy { $0.isNumber || $0 == "-" }
        }?.value
    }
}

extension TeacherOptions {
    /// What the teacher costs: what `--price` says, else what the table says; nil where neither does.
    func resolvedPrice() throws -> Price? {
        guard let price else { return remote.flatMap { PriceTable.known.price(of: teacherModel ?? "", at: $0) } }
        let numbers = price.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
        guard numbers.count == 2, let input = numbers[0], let output = numbers[1], input.isFinite, output.isFinite, input >= 0, output >= 0
        else { throw UsageError("--price \(price): give dollars per million tokens in and out, such as 0.15,0.60") }
        return Price(input: input, output: output)
    }

    /// Where the price is from, for a person.
    var priceSource: String { price == nil ? "plad's table of \(PriceTable.known.date)" : "--price" }

    /// The purse that pays the teacher. Throws `UsageError` for a budget whose requests have no known price.
    ///
    /// - Parameter batched: whether it is asked in batches.
    func purse(_ cache: AnswerCache, teacher: String, batched: Bool = false) throws -> Ledger? {
        if let budget, !(budget.isFinite && budget >= 0) { throw UsageError("--budget \(budget): give dollars, such as 5.00") }
        guard let price = try resolvedPrice() else {
            guard budget == nil else {
                throw UsageError(
                    "--budget needs the price of \(teacherModel ?? "the model"), which plad does not know: give it by --price in,out in dollars per million tokens, such as 0.15,0.60"
                )
            }
            return nil
        }
        return Ledger(
            cache, teacher: teacher, model: teacherModel ?? "", price: batched ? price.batched : price,
            budget: budget.map(Money.init(dollars:)))
    }
}
