import CShim

/// The size of a page of memory in bytes, as the kernel told it at the start (getauxval(3), AT_PAGESZ): 4096 on x86.
public var pageSize: Int {
    Int(shim_auxiliary(UInt(AT_PAGESZ)))
}
