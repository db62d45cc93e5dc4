import Base

/// A table in the layout of Go's text/tabwriter with a minimum width of 12 and a padding of 3, as runc uses it. Each
/// column but the last is 3 wider than its widest cell, and at least 12 wide.
enum TextTable {
    /// Returns one line per row. All rows have as many cells as the first.
    static func text(_ rows: [[String]]) -> String {
        // The path of a bundle may contain a line end.
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
