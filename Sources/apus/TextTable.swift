import Base

/// A table as Go's text/tabwriter lays it out with a least width of 12 and a padding of 3, which is runc's choice: each
/// column but the last is as wide as its widest cell and 3 more, and never less than 12.
enum TextTable {
    /// One line for each row. All rows have as many cells as the first.
    static func text(_ rows: [[String]]) -> String {
        // A bundle's path may hold a line end.
        let rows = rows.map { $0.map { escaped($0) } }
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.dropLast().enumerated() {
                if column == widths.count { widths.append(12) }
                widths[column] = max(widths[column], cell.unicodeScalars.count + 3)
            }
        }
        var text = ""
        for row in rows {
            for (column, cell) in row.enumerated() {
                text += cell
                if column < row.count - 1 {
                    text += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
                }
            }
            text += "\n"
        }
        return text
    }
}
