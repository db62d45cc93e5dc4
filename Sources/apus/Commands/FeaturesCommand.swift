import Base

/// `apus features`
struct FeaturesCommand: Equatable {
    func perform() {
    }
}
