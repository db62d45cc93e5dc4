import Base

Output.result.write("apus\n")
