import Foundation
import PladRecords
import PladStudent
import PladTensor
import PladTraining
import Testing

@Suite struct MemoryPlanTests {
    private func plan(_ adapter: LoRA? = nil, pairs: Int = 4) throws -> (plan: MemoryPlan, student: Student) {
        let student = try Fixture("llama-gqa-tied").student()
        if let adapter { try student.attachAdapter(adapter, seed: 0) }
        let pass = Array(repeating: (prompt: 20, completions: [10, 12]), count: pairs)
        return (MemoryPlan(student.shape, pass: pass, threads: 2), student)
    }

    @Test func weightsGradientsAndMomentsAreWhatTheBuffersTake() throws {
        let (whole, student) = try plan()
        let bytes = 4 * student.weights.count
        #expect(whole.weights == bytes && whole.gradients == bytes && whole.optimiser == 2 * bytes)
        // Every prompt once; of each completion all but the last token, which is predicted and never read.
        #expect(whole.rows == 4 * (20 + 9 + 11))
        #expect(whole.total == whole.weights + whole.gradients + whole.optimiser + whole.activations)

        let (adapted, changed) = try plan(LoRA(rank: 2, alpha: 4, targets: ["q_proj"]))
        let adapter = 4 * changed.trainable.count
        #expect(adapted.weights == bytes + adapter && adapted.gradients == adapter && adapted.optimiser == 2 * adapter)
        #expect(adapted.activations == whole.activations)
    }

    @Test func guardKeepsAnotherCopyOfWhatIsTrained() throws {
        let (plan, student) = try plan()
        let guarded = MemoryPlan(student.shape, pass: [(prompt: 20, completions: [10, 12])], threads: 2, guarded: true)
        #expect(plan.guarded == 0 && guarded.guarded == guarded.gradients)
        #expect(guarded.table.contains("last good"))
    }

    @Test func aTeacherThatDoesNotFitIsRefusedBeforeItIsRead() throws {
        let shape = try StudentShape(folder: Fixture("llama-gqa-tied").folder)
        try MemoryPlan.checkTeacher(shape, place: "teacher", available: 1 << 30)
        try MemoryPlan.checkTeacher(shape, place: "teacher", available: nil)
        let error = #expect(throws: TrainingError.self) { try MemoryPlan.checkTeacher(shape, place: "teacher", available: 1 << 20) }
        #expect(error?.code == .memory && error?.message.contains("and 1.0 MiB are free") == true, "\(error?.message ?? "")")
    }

    @Test func activationsGrowWithThePass() throws {
        let (small, large) = (try plan(pairs: 100).plan, try plan(pairs: 200).plan)
        // Twice the rows, but for what does not grow with them and the rounding of capacities.
        #expect(Double(large.activations) / Double(small.activations) > 1.5)
        #expect(large.weights == small.weights)
    }

    @Test func whatDoesNotFitIsRefusedWithTheTable() throws {
        let plan = try plan().plan
        try plan.check(available: plan.total)
        try plan.check(available: nil)
        let error = #expect(throws: TrainingError.self) { try plan.check(available: plan.total - 1) }
        let message = try #require(error?.message)
        for word in ["weights", "gradients", "optimiser", "activations", "together", "`rows_per_pass`", "`adapter.rank`"] {
            #expect(message.contains(word))
        }
    }
}
