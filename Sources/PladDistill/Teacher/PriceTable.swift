import Foundation
import PladCache
import PladRecords
package import PladTeacher
import Yams

/// The known prices, from `prices.yaml` beside this file.
package struct PriceTable: Decodable {
    /// Date of the prices.
    package var date: String
    package var hosts: [String: [String: Price]]

    package static let known: PriceTable = {
        do {
            return try YAMLDecoder().decode(PriceTable.self, from: Data(PackageResources.prices_yaml))
        } catch {
            preconditionFailure("prices.yaml: \(error)")
        }
    }()

    /// The price of a model at an endpoint, also by the name of a dated snapshot; nil for an unknown one.
    package func price(of model: String, at remote: String) -> Price? {
        guard let host = URLComponents(string: remote)?.host?.lowercased(), let models = hosts[host] else { return nil }
        if let price = models[model] { return price }
        return models.first { name, _ in
            model.hasPrefix(name + "-") && model.dropFirst(name.count + 1).allSatisfy { $0.isNumber || $0 == "-" }
        }?.value
    }
}

extension TeacherSettings {
    /// The teacher's price: the given one, else the table's; nil if neither is known.
    package var resolvedPrice: Price? { price ?? remote.flatMap { PriceTable.known.price(of: model ?? "", at: $0) } }

    /// Throws `SettingError` for a budget without a price.
    func checkBudget() throws {
        guard budget == nil || resolvedPrice != nil else {
            throw SettingError(
                path: "teacher.budget",
                problem:
                    "needs the price of \(model ?? "the model"), which plad does not know: give it by `teacher.price` in,out in dollars per million tokens, such as 0.15,0.60"
            )
        }
    }

    /// The ledger for the teacher; nil if no price is known. Throws `SettingError` for a budget without a price.
    ///
    /// - Parameter batched: true if the teacher is asked in batches.
    func ledger(_ cache: CompletionCache, teacher: String, batched: Bool = false) throws -> Ledger? {
        guard let price = resolvedPrice else {
            try checkBudget()
            return nil
        }
        return Ledger(
            cache, teacher: teacher, model: model ?? "", price: batched ? price.batched : price, budget: budget.map(Money.init(dollars:)))
    }
}
