import CShim

/// The size of a page of memory in bytes, as the kernel told it at the start (getauxval(3), AT_PAGESZ): 4096 on x86.
public var pageSize: Int {
    let pageSizeEntry: UInt = 6
    return Int(shim_auxiliary(pageSizeEntry))
}
