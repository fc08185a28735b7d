internal import LinearAlgebra

extension CompanyTerm {
    func store(in file: inout SafeTensors) {
        file.tensors["company.temperature"] = Tensor([temperature])
        file.tensors["company.offsets"] = Tensor(offsets)
        file.tensors["company.pair-offsets"] = Tensor(pairs.offsets.map(Int32.init))
        file.tensors["company.partners"] = Tensor(pairs.partners)
        file.tensors["company.values"] = Tensor(pairs.values)
    }

    /// The term of a model file; nil where it has none.
    init?(file: SafeTensors) throws {
        guard file.tensors["company.temperature"] != nil else { return nil }
        let temperature = try file.values("company.temperature", as: Float.self, count: 1)
        let table = PairTable(
            offsets: try file.values("company.pair-offsets", as: Int32.self).map(Int.init),
            partners: try file.values("company.partners", as: Int32.self),
            values: try file.values("company.values", as: Float.self))
        guard let table,
            let term = CompanyTerm(
                temperature: temperature[0], offsets: try file.values("company.offsets", as: Float.self), pairs: table)
        else { throw ModelError.damagedDescription("company term") }
        self = term
    }
}
