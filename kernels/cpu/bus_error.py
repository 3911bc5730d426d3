"""What the system calls where a memory map is read beyond the end of its file (SIGBUS), as machine code.

Code that runs without the GIL has no other way out: a page of zeros is put in the place of the one that is
gone, so that whoever reads it comes to an end, and Python is asked to call its handler of the signal, which
raises an error. Only functions are called that may be called from a signal handler.
"""

from numba import cfunc, types

_mmap = types.ExternalFunction(
    "mmap", types.intp(types.intp, types.uintp, types.int32, types.int32, types.int32, types.intp)
)
_ask_python = types.ExternalFunction("PyErr_SetInterruptEx", types.int32(types.int32))
_signal = types.ExternalFunction("signal", types.intp(types.int32, types.intp))

_BEYOND_THE_END = 2  # BUS_ADRERR
_READ_WRITE = 3  # PROT_READ | PROT_WRITE
_IN_PLACE = 0x32  # MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, of Linux
_PAGE = 4096
_DEFAULT = 0  # SIG_DFL


@cfunc(types.void(types.int32, types.CPointer(types.int64), types.intp), cache=True)
def on_bus_error(number, info, context):  # noqa: ARG001 - the system passes it
    """Put a page of zeros where `info`, a ``siginfo_t`` of 64-bit Linux, says that there is none.

    Where that cannot be, the signal has its way: the process ends.
    """
    is_replaced = False
    if info[1] & 0xFFFFFFFF == _BEYOND_THE_END:
        page = info[2] & ~(_PAGE - 1)
        is_replaced = _mmap(page, _PAGE, _READ_WRITE, _IN_PLACE, -1, 0) == page
    if is_replaced:
        _ask_python(number)
    else:
        _signal(number, _DEFAULT)
