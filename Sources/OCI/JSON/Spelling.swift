/// Guesses which of a few words a person meant.
public enum Spelling {
    /// Finds the word that needs the fewest changes, if they are few: one change if the text has up to 4 letters, else
    /// two. A change inserts, removes or replaces a letter, or swaps two neighbours. Case does not count.
    ///
    /// - Returns: The first of the nearest words; nil if no word is near. For a text of more than 64 bytes the result
    ///   is nil.
    public static func nearest(to text: String, among words: [StaticString]) -> StaticString? {
        let wanted = lowercased(Array(text.utf8))
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        let most = wanted.count <= 4 ? 1 : 2
        var nearest: (word: StaticString, distance: Int)?
        for word in words {
            let bytes = lowercased((0..<word.utf8CodeUnitCount).map { word.utf8Start[$0] })
            guard let distance = distance(wanted, bytes, atMost: min(most, (nearest?.distance ?? 3) - 1)) else {
                continue
            }
            nearest = (word, distance)
        }
        return nearest?.word
    }

    private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// The number of changes that turn one word into the other (optimal string alignment); nil if it is more than
    /// `most`.
    static func distance(_ one: [UInt8], _ other: [UInt8], atMost most: Int) -> Int? {
        guard most >= 0, abs(one.count - other.count) <= most else { return nil }
        var before: [Int] = []
        var above = Array(0...other.count)
        for row in 0..<one.count {
            var line = [row + 1]
            for column in 0..<other.count {
                var least = min(above[column + 1], line[column]) + 1
                least = min(least, above[column] + (one[row] == other[column] ? 0 : 1))
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    least = min(least, before[column - 1] + 1)
                }
                line.append(least)
            }
            before = above
            above = line
        }
        return above[other.count] <= most ? above[other.count] : nil
    }
}
