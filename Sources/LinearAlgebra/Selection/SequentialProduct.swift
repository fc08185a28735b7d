private import CKernels

/// The inner product of two vectors exactly as `CandidatePanels` computes it: one chain, first dimension first.
package func sequentialProduct(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    precondition(a.count == b.count, "vectors of different lengths")
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
            return atelier_search_score(x, y, a.count)
        }
    }
}
