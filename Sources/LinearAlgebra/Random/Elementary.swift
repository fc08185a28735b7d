private import Foundation

/// The logarithm and cosine that `RandomStream` needs, kept here so that the generator's file imports nothing.
func logarithm(_ value: Double) -> Double { log(value) }
func cosine(_ value: Double) -> Double { cos(value) }
