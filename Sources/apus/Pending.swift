import Base

func pending(_ verb: String) -> Failure { Failure("apus \(verb) is not in this build") }
