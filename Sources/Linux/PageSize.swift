import Glibc

/// The size of a page of memory in bytes (getpagesize(2)): 4096 on x86.
public var pageSize: Int { Int(getpagesize()) }
